using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Analyses;

/// <summary>Constants as the instruction sees them.</summary>
internal static class Constants
{
    /// <summary>Whether a number and its product with another such fit 64 bits.</summary>
    public static bool IsSmall(long value) => value is > -int.MaxValue and < int.MaxValue;

    /// <summary>The low bits, read as a signed number.</summary>
    public static long Signed(ImmediateOperand constant, int bits)
    {
        int unused = 64 - bits;
        return unchecked((long)(constant.Bits << unused)) >> unused;
    }
}
