using TensorWasm.Ptx;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Cli;

/// <summary>A PTX file, verified and fenced as a sandbox's device would have it.</summary>
/// <param name="name">What to call it in messages.</param>
/// <param name="bytes">The file's content.</param>
/// <param name="fenced">The result.</param>
internal sealed class PtxFile(string name, ReadOnlyMemory<byte> bytes, FencedModule fenced)
{
    /// <summary>A sandbox's slice of a device's address space has 2^35 bytes, unless its quota needs more.</summary>
    private const int RegionBits = 35;

    internal string Name { get; } = name;

    internal ReadOnlyMemory<byte> Bytes { get; } = bytes;

    internal FencedModule Fenced { get; } = fenced;

    internal bool IsValid => Fenced.IsValid;

    /// <summary>Reads, verifies and fences a file; what is wrong with the PTX is in the result.</summary>
    /// <exception cref="CliException">The file can't be read.</exception>
    internal static PtxFile Read(string path, FenceMode mode, CliContext context)
    {
        var file = ModuleFile.Read(path, context);
        if (!file.IsText)
        {
            throw new CliException($"{file.DisplayName} is a WebAssembly module; PTX text was expected.");
        }
        var options = new FenceOptions { Mode = mode, RegionBits = RegionBits };
        var limits = PtxLimits.Default with { MaxBytes = Host.HostConfiguration.MaxPtxBytes };
        return new PtxFile(file.DisplayName, file.Bytes, PtxFence.Apply(file.Bytes.Span, options, limits));
    }

    /// <summary>Writes what is wrong with it, a line each, in the form that editors follow.</summary>
    internal void WriteDiagnostics(CliContext context)
    {
        foreach (var diagnostic in Fenced.Diagnostics)
        {
            context.Error.WriteLine(Printable.Escape($"{Name}:{diagnostic}"));
        }
    }
}
