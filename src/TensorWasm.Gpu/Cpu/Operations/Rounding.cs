namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Rounding modes (PTX ISA 9.4.1).</summary>
internal enum Rounding
{
    /// <summary>To the nearest, ties to even (.rn).</summary>
    Nearest,

    /// <summary>Towards zero (.rz).</summary>
    Zero,

    /// <summary>Towards minus infinity (.rm).</summary>
    Down,

    /// <summary>Towards plus infinity (.rp).</summary>
    Up,

    /// <summary>To the nearest, ties away from zero (.rna).</summary>
    NearestAway,
}
