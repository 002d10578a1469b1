using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Gpu;

/// <summary>An entry point of a <see cref="KernelModule"/>.</summary>
public sealed class GpuKernel
{
    /// <summary>
    /// Most blocks of a launch: 2^26. A device takes nanoseconds to begin and end a block, so that a grid whose deadline
    /// has passed is over a fraction of a second later.
    /// </summary>
    public const long MaxBlocks = 1L << 26;

    private readonly int _maxThreads;

    internal GpuKernel(KernelModule module, int index, FencedKernel fenced, KernelResources resources)
    {
        Module = module;
        Index = index;
        Fenced = fenced;
        Resources = resources;
        ParameterBytes = (fenced.Kernel.Signature.Size + 7) / 8 * 8 + (fenced.HiddenParameters.Count * 8);
        BoundSharedBytes = fenced.StaticSharedBytes;
        _maxThreads = Math.Min(resources.MaxThreadsPerBlock, fenced.Kernel.Bounds.MaximumBlockThreads);
    }

    /// <summary>The module it belongs to.</summary>
    public KernelModule Module { get; }

    /// <summary>Its number in the module.</summary>
    public int Index { get; }

    /// <summary>The entry point's name.</summary>
    public string Name => Fenced.Name;

    /// <summary>What a launch must pass.</summary>
    public KernelSignature Signature => Fenced.Kernel.Signature;

    /// <summary>The fenced code and what was done to it.</summary>
    public FencedKernel Fenced { get; }

    /// <summary>What it takes of the device.</summary>
    public KernelResources Resources { get; }

    /// <summary>Bytes of the whole parameter block: the author's, rounded up to 8, then the hidden ones.</summary>
    public int ParameterBytes { get; }

    /// <summary>Bytes of shared memory it declares.</summary>
    internal long BoundSharedBytes { get; }

    /// <summary>Refuses a launch that the device or the kernel's own directives don't allow.</summary>
    /// <param name="shape">How it would be launched.</param>
    /// <param name="device">The device.</param>
    /// <returns>How it is launched: with the dynamic shared memory that its fences need.</returns>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.InvalidDimensions"/>.</exception>
    internal LaunchShape Check(in LaunchShape shape, DeviceInfo device)
    {
        var (grid, block) = (shape.Grid, shape.Block);
        if (grid.X == 0 || grid.Y == 0 || grid.Z == 0 || block.X == 0 || block.Y == 0 || block.Z == 0)
        {
            throw Wrong($"grid {grid} and block {block} must be at least 1 in each direction");
        }
        if (grid.X > device.MaxGrid.X || grid.Y > device.MaxGrid.Y || grid.Z > device.MaxGrid.Z)
        {
            throw Wrong($"grid {grid} is larger than the device's {device.MaxGrid}");
        }
        if (grid.Count > (UInt128)MaxBlocks)
        {
            throw Wrong($"grid {grid} has more than {MaxBlocks} blocks");
        }
        if (block.X > device.MaxBlock.X || block.Y > device.MaxBlock.Y || block.Z > device.MaxBlock.Z)
        {
            throw Wrong($"block {block} is larger than the device's {device.MaxBlock}");
        }

        var bounds = Fenced.Kernel.Bounds;
        if (bounds.RequiredThreads is { } required && !IsExactly(block, required))
        {
            throw Wrong($"block {block} is not what .reqntid requires: ({string.Join(", ", required)})");
        }
        var most = Math.Min(_maxThreads, device.MaxThreadsPerBlock);
        if ((ulong)block.X * block.Y * block.Z > (ulong)most)
        {
            throw Wrong($"block {block} has {block.Count} threads, but the kernel can have {most}");
        }

        if (shape.DynamicSharedBytes < 0)
        {
            throw Wrong("the size of dynamic shared memory is negative");
        }
        var dynamic = Fenced.RoundDynamicShared(shape.DynamicSharedBytes);
        var shared = BoundSharedBytes + dynamic;
        if (shared > device.MaxSharedBytesPerBlock)
        {
            throw Wrong(
                $"a block needs {shared} bytes of shared memory, but the device has {device.MaxSharedBytesPerBlock}");
        }
        return shape with { DynamicSharedBytes = (int)dynamic };
    }

    private static bool IsExactly(Dim3 block, IReadOnlyList<long> required) =>
        block.X == required[0]
        && block.Y == (required.Count > 1 ? required[1] : 1)
        && block.Z == (required.Count > 2 ? required[2] : 1);

    private GpuException Wrong(string what) => new(GpuErrorCode.InvalidDimensions, $"kernel '{Name}': {what}");
}
