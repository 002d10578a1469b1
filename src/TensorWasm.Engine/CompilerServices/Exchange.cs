using System.ComponentModel;
using System.Runtime.Intrinsics;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>
/// How an outlined part of a function hands back what it set: it lies in the frame of the function. Fields are taken in
/// order, by kind; a part that would need more than there are is not outlined. For compiled code only.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct Exchange
{
    /// <summary>An i32.</summary>
    public int I0, I1, I2, I3, I4, I5, I6, I7, I8, I9, I10, I11, I12, I13, I14, I15;

    /// <summary>An i64.</summary>
    public long L0, L1, L2, L3, L4, L5, L6, L7;

    /// <summary>An f32.</summary>
    public float F0, F1, F2, F3, F4, F5, F6, F7;

    /// <summary>An f64.</summary>
    public double D0, D1, D2, D3, D4, D5, D6, D7;

    /// <summary>A v128.</summary>
    public Vector128<byte> V0, V1, V2, V3;

    /// <summary>A reference.</summary>
    public object? R0, R1, R2, R3;
}
