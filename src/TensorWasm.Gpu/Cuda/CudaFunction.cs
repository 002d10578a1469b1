using System.Diagnostics;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu;

/// <summary>
/// A kernel as the driver launches it. All tenants that brought the same PTX share it.
/// </summary>
internal sealed class CudaFunction(nint value, FencedKernel fenced, KernelResources resources)
{
    private readonly HiddenParameter[] _hidden = [.. fenced.HiddenParameters];

    /// <summary>The driver's handle (CUfunction).</summary>
    internal nint Value { get; } = value;

    internal KernelResources Resources { get; } = resources;

    /// <summary>Bytes of the author's parameters, rounded up to 8.</summary>
    internal int AuthorBytes { get; } = (fenced.Kernel.Signature.Size + 7) / 8 * 8;

    /// <summary>Bytes of the whole parameter block.</summary>
    internal int ParameterBytes => AuthorBytes + (_hidden.Length * sizeof(ulong));

    /// <summary>Writes the hidden parameters behind the author's.</summary>
    /// <param name="block">The whole parameter block.</param>
    /// <param name="region">The region's address.</param>
    /// <param name="mask">Its size minus one.</param>
    /// <param name="globals">The module's global variables.</param>
    /// <param name="status">The launch's status block.</param>
    /// <param name="deadline">When it must have ended, by the device's clock.</param>
    internal void WriteHidden(
        Span<byte> block, ulong region, ulong mask, ulong globals, ulong status, ulong deadline)
    {
        var at = block[AuthorBytes..];
        foreach (var parameter in _hidden)
        {
            var value = parameter switch
            {
                HiddenParameter.RegionBase => region,
                HiddenParameter.RegionMask => mask,
                HiddenParameter.Globals => globals,
                HiddenParameter.Status => status,
                HiddenParameter.Deadline => deadline,
                _ => throw new UnreachableException(),
            };
            BitConverter.TryWriteBytes(at, value);
            at = at[sizeof(ulong)..];
        }
    }

    /// <summary>Where the deadline stands in the parameter block; -1 when the kernel has none.</summary>
    internal int DeadlineOffset
    {
        get
        {
            var index = Array.IndexOf(_hidden, HiddenParameter.Deadline);
            return index < 0 ? -1 : AuthorBytes + (index * sizeof(ulong));
        }
    }
}
