using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>Demotion (specification, section 4.3.3).</content>
public static partial class ScalarOperations
{
    /// <summary>
    /// <c>f32.demote_f64</c>, as an instruction rather than a conversion: RyuJIT takes a conversion back and forth for
    /// nothing, which leaves a signalling NaN as it is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32DemoteF64(double a) => Sse2.IsSupported
        ? Sse2.ConvertScalarToVector128Single(Vector128<float>.Zero, Vector128.CreateScalarUnsafe(a)).ToScalar()
        : (float)a;
}
