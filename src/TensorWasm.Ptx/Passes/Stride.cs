using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Passes;

/// <summary>How much a value changes from one iteration to the next: a constant, or what a 64-bit register holds.</summary>
internal readonly record struct Stride(long Constant, Register? Register)
{
    public bool IsZero => Register is null && Constant == 0;
}
