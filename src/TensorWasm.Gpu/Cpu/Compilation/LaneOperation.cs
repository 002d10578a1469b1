namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>
/// An instruction's meaning for one thread: operands as zero-extended bits (a predicate is 0 or 1), the result's bits.
/// </summary>
internal delegate ulong LaneOperation(ulong a, ulong b, ulong c, ulong d);
