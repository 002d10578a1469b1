using System.Reflection.Emit;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Where a state is resumed: what is loaded first, and where the code goes on.</summary>
/// <param name="State">The state's number.</param>
/// <param name="Block">The block.</param>
/// <param name="Cells">The registers that are loaded.</param>
/// <param name="Target">Where the code goes on.</param>
internal sealed record Landing(int State, int Block, IReadOnlyList<Cell> Cells, Label Target);
