using TensorWasm.Gpu.Cpu.Execution;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Compiled code: runs a warp from a state until it ends or has to stop.</summary>
/// <param name="constants">What the code refers to.</param>
/// <param name="warp">The warp.</param>
/// <param name="state">0 at the start, else a resume point's number.</param>
/// <returns>0 when all threads have ended, else <see cref="Transfer"/>'s encoding of where and how to go on.</returns>
internal unsafe delegate int KernelBody(CodeConstants constants, WarpContext* warp, int state);
