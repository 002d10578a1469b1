using System.Reflection.Emit;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>A kernel's code for one class of launches; goes when nothing refers to it.</summary>
internal sealed class CompiledCode
{
    private readonly KernelBody[] _bodies;
    private readonly int[] _bodyOf;
    private readonly ResumePoints _resume;

    internal CompiledCode(
        DynamicMethod[] methods,
        int[] bodyOf,
        ResumePoints resume,
        CodeConstants constants,
        IReadOnlyDictionary<int, Instruction> sites)
    {
        _bodies = [.. methods.Select(method => (KernelBody)method.CreateDelegate(typeof(KernelBody)))];
        _bodyOf = bodyOf;
        _resume = resume;
        Constants = constants;
        Sites = sites;
    }

    internal CodeConstants Constants { get; }

    /// <summary>The instruction whose affine rule failed, by the state in which the warp left.</summary>
    internal IReadOnlyDictionary<int, Instruction> Sites { get; }

    internal KernelBody Start => _bodies[0];

    /// <summary>The method in which a state is resumed.</summary>
    internal KernelBody BodyOf(int state) => _bodies[_bodyOf[_resume.PlaceOf(state).Block]];
}
