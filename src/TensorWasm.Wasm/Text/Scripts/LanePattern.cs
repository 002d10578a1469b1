namespace TensorWasm.Wasm.Text;

/// <summary>What a lane or number must match.</summary>
/// <param name="Nan">Whether it must be a NaN of some kind.</param>
/// <param name="Bits">Otherwise, its bits.</param>
public readonly record struct LanePattern(NanPattern Nan, ulong Bits)
{
    /// <summary>Whether a lane of these bits matches.</summary>
    /// <param name="bits">The lane.</param>
    /// <param name="width">Its width in bits.</param>
    public bool Matches(ulong bits, int width)
    {
        if (Nan == NanPattern.None) return bits == Bits;
        var quiet = width == 32 ? 0x7FC0_0000UL : 0x7FF8_0000_0000_0000UL;
        var sign = 1UL << (width - 1);
        return Nan == NanPattern.Canonical ? (bits & ~sign) == quiet : (bits & quiet) == quiet;
    }
}
