namespace TensorWasm.Wasm.Text;

/// <summary>A number, or a vector lane by lane.</summary>
/// <param name="Type">The type of the whole value.</param>
/// <param name="Lane">The type of a lane: for a number, its own type.</param>
/// <param name="Lanes">What each lane must match, the lowest first.</param>
public sealed record NumberResult(ValueType Type, ValueType Lane, IReadOnlyList<LanePattern> Lanes) : ScriptResult
{
    /// <summary>Whether a value of these bits matches.</summary>
    public bool Matches(UInt128 bits)
    {
        var width = Lane.Kind switch
        {
            ValueKind.I8 => 8,
            ValueKind.I16 => 16,
            ValueKind.I32 or ValueKind.F32 => 32,
            _ => 64,
        };
        var mask = ulong.MaxValue >> (64 - width);
        for (var i = 0; i < Lanes.Count; i++)
        {
            if (!Lanes[i].Matches((ulong)(bits >> (i * width)) & mask, width)) return false;
        }
        return true;
    }
}
