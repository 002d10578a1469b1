using System.Reflection.Emit;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Where a register lives in a method: in one scalar or in vectors of eight lanes.</summary>
/// <param name="Register">Its number.</param>
/// <param name="Bits">Its size; 1 for a predicate, whose lanes are all ones or zeroes.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Locals">One scalar, or vectors: twice as many for 64 bits, then the upper halves for 128.</param>
internal sealed record Cell(int Register, int Bits, Shape Shape, LocalBuilder[] Locals)
{
    internal LocalBuilder Scalar => Locals[0];
}
