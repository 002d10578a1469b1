namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>The CPU device cannot run a kernel; the message says which instruction or limit is the reason.</summary>
/// <param name="message">The reason.</param>
internal sealed class CpuKernelException(string message) : Exception(message);
