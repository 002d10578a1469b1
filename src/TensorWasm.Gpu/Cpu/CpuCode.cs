namespace TensorWasm.Gpu.Cpu;

/// <summary>A module's kernels on the processor. Code is collected with the kernels that own it.</summary>
internal sealed class CpuCode(CpuKernel[] kernels) : DeviceCode
{
    /// <summary>Bytes of machine code an instruction becomes, roughly.</summary>
    private const int BytesPerInstruction = 128;

    /// <inheritdoc/>
    public override long Bytes => kernels.Sum(kernel =>
        kernel.Fenced.Kernel.Blocks.Sum(block => (long)block.Instructions.Count) * BytesPerInstruction);

    internal CpuKernel this[int kernel] => kernels[kernel];

    /// <inheritdoc/>
    public override KernelResources GetResources(int kernel) => new(
        Registers: 0,
        (int)kernels[kernel].Layout.SharedBytes,
        (int)kernels[kernel].Layout.LocalStride,
        MaxThreadsPerBlock: 1024);

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
