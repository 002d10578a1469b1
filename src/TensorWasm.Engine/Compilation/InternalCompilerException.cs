namespace TensorWasm.Engine.Compilation;

/// <summary>An invariant of the compiler does not hold: a defect of the engine, never the guest's fault.</summary>
internal sealed class InternalCompilerException(string message) : Exception("internal compiler error: " + message);
