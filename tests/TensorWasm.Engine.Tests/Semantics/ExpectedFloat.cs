namespace TensorWasm.Engine.Tests.Semantics;

/// <summary>What the specification allows as a floating-point result: one number, or a set of NaNs.</summary>
/// <param name="Bits">The number's bits; for a NaN, those of the positive canonical one.</param>
/// <param name="Kind">Whether any NaN is allowed and which.</param>
/// <param name="Width">The lane's width in bits, 32 or 64.</param>
internal readonly record struct ExpectedFloat(ulong Bits, NaNKind Kind, int Width)
{
    /// <summary>Whether a result is one of those allowed.</summary>
    public bool Admits(ulong actual)
    {
        var magnitude = actual & (1UL << Width - 1) - 1;
        return Kind switch
        {
            NaNKind.Canonical => magnitude == Bits,
            // Quiet, and of any payload: at least the canonical one, which has the quiet bit alone.
            NaNKind.Arithmetic => magnitude >= Bits,
            _ => actual == Bits,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Kind == NaNKind.None ? $"0x{Bits:x}" : $"{Kind} NaN";
}
