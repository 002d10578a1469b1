namespace TensorWasm.Engine.Compilation;

/// <summary>A module as an assembly.</summary>
/// <param name="Image">The assembly's bytes.</param>
/// <param name="OverJitLimits">How many functions RyuJIT will not optimise because of their size.</param>
internal sealed record CompiledAssembly(byte[] Image, int OverJitLimits);
