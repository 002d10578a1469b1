using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Where a kernel's variables and parameters lie in their spaces.</summary>
internal sealed class MemoryLayout
{
    private readonly Dictionary<Variable, long> _offsets = [];

    internal MemoryLayout(Kernel kernel)
    {
        SharedBytes = Place(kernel, StateSpace.Shared, isDynamic: false);
        long dynamicStart = Align(SharedBytes, 128);
        foreach (Variable variable in kernel.Variables.Where(v => v.IsDynamic))
        {
            _offsets[variable] = dynamicStart;
            DynamicStart = dynamicStart;
        }

        LocalStride = Align(Place(kernel, StateSpace.Local, isDynamic: false), 16);
        ConstantBytes = Place(kernel, StateSpace.Const, isDynamic: false);
        Constants = new byte[ConstantBytes];
        foreach (Variable variable in kernel.Variables.Where(v => v.Space == StateSpace.Const))
        {
            variable.InitialData.Span.CopyTo(Constants.AsSpan((int)_offsets[variable]));
        }

        long offset = 0;
        foreach (Variable parameter in kernel.Parameters)
        {
            offset = Align(offset, Math.Max(parameter.Alignment, 1));
            _offsets[parameter] = offset;
            offset += parameter.Size;
        }

        ParameterBytes = (int)Align(offset, 8);
    }

    /// <summary>Static shared memory, in bytes.</summary>
    internal long SharedBytes { get; }

    /// <summary>Where dynamic shared memory begins; 0 when there is none.</summary>
    internal long DynamicStart { get; }

    /// <summary>Local memory a thread, in bytes.</summary>
    internal long LocalStride { get; }

    internal long ConstantBytes { get; }

    /// <summary>The initial bytes of constant memory.</summary>
    internal byte[] Constants { get; }

    /// <summary>Bytes of the parameter block, hidden parameters included; a multiple of 8 where there are none, too.</summary>
    internal int ParameterBytes { get; }

    internal long OffsetOf(Variable variable) => _offsets.TryGetValue(variable, out long offset)
        ? offset
        : throw new CpuKernelException($"the variable {variable} has no place; fence the module first");

    private long Place(Kernel kernel, StateSpace space, bool isDynamic)
    {
        long offset = 0;
        foreach (Variable variable in kernel.Variables.Where(v => v.Space == space && v.IsDynamic == isDynamic))
        {
            offset = Align(offset, Math.Max(variable.Alignment, 1));
            _offsets[variable] = offset;
            offset += variable.Size;
        }

        return offset;
    }

    private static long Align(long value, long alignment) => (value + alignment - 1) / alignment * alignment;
}
