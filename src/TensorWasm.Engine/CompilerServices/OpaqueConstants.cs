using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>Constants that RyuJIT must not see, since what it would do with them is not what Wasm does. For compiled code only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class OpaqueConstants
{
    /// <summary>The number with these bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float F32Bits(int bits) => BitConverter.Int32BitsToSingle(bits);

    /// <summary>The number with these bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double F64Bits(long bits) => BitConverter.Int64BitsToDouble(bits);
}
