namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>What is known of a register's values over a warp.</summary>
internal enum ShapeKind
{
    /// <summary>Not looked at yet.</summary>
    Unknown,

    /// <summary>The first thread's value plus a constant times the thread's place; one number in a scalar.</summary>
    Affine,

    /// <summary>Anything; a number for each thread in vectors.</summary>
    Vector,
}
