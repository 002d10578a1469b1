using System.Numerics;
using System.Text;

namespace TensorWasm.Engine.Tests;

/// <summary>
/// Rotations whose value is tested, on every way that leads from one to the other: RyuJIT takes a rotation's flags for
/// those of a comparison with 0, which it must not see. Expected values are those of <see cref="BitOperations"/>.
/// </summary>
public sealed class RotationTests
{
    /// <summary>A rotation to the left by 7, of A, in the type T.</summary>
    private static readonly string[] Rotations =
    [
        "(T.rotl (local.get $a) (T.const 7))",
        "(T.rotr (local.get $a) (T.const REST))",
        "(T.or (T.shl (local.get $a) (T.const 7)) (T.shr_u (local.get $a) (T.const REST)))",
        "(T.xor (T.shr_u (local.get $a) (T.const REST)) (T.shl (local.get $a) (T.const 7)))",
        "(T.or (T.shl (local.get $a) (local.get $seven)) (T.shr_u (local.get $a) (T.sub (T.const BITS) (local.get $seven))))",
    ];

    /// <summary>Ways on which ROTATION comes to a test: the value is 1 where it is not 0, and 2 otherwise.</summary>
    private static readonly string[] Ways =
    [
        "(if (result i32) (T.ne (ROTATION) (T.const 0)) (then (i32.const 1)) (else (i32.const 2)))",
        "(if (result i32) (T.eqz (ROTATION)) (then (i32.const 2)) (else (i32.const 1)))",
        "(select (i32.const 2) (i32.const 1) (T.eqz (ROTATION)))",
        "(local.set $t (ROTATION)) (if (result i32) (T.eqz (local.get $t)) (then (i32.const 2)) (else (i32.const 1)))",
        "(if (result i32) (T.eqz (local.tee $t (ROTATION))) (then (i32.const 2)) (else (i32.const 1)))",
        "(drop (local.tee $t (ROTATION))) (if (result i32) (T.eqz (local.get $t)) (then (i32.const 2)) (else (i32.const 1)))",
        "(local.set $t (ROTATION)) (local.set $u (local.get $t)) (if (result i32) (T.eqz (local.get $u)) (then (i32.const 2)) (else (i32.const 1)))",
        "(if (result i32) (T.eqz (T.add (ROTATION) (T.const 0))) (then (i32.const 2)) (else (i32.const 1)))",
        "(if (result i32) (T.eqz (T.or (T.const 0) (ROTATION))) (then (i32.const 2)) (else (i32.const 1)))",
        "(if (result i32) (T.eqz (T.and (ROTATION) (T.const -1))) (then (i32.const 2)) (else (i32.const 1)))",
        "(if (result i32) (T.eqz (T.shl (ROTATION) (T.const 0))) (then (i32.const 2)) (else (i32.const 1)))",
        "(block $b (br_if $b (T.eqz (ROTATION))) (return (i32.const 1))) (i32.const 2)",
        "(T.store (i32.const 8) (local.tee $t (ROTATION))) (if (result i32) (T.eqz (local.get $t)) (then (i32.const 2)) (else (i32.const 1)))",
        "(ROTATION) (T.load8_u (i32.const 100)) (T.eq) (if (result i32) (then (i32.const 2)) (else (i32.const 1)))",
    ];

    private static readonly long[] Values = [0, 1, -1, 2, 0x80, 1L << 25, 1L << 31, 1L << 32, 1L << 57, long.MinValue, 0x5555_5555_5555_5555];

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void A_tested_rotation_is_tested_itself(BoundsChecks mode)
    {
        var text = new StringBuilder("(module (memory 1)\n");
        foreach (var (type, bits) in ((string, int)[])[("i32", 32), ("i64", 64)])
        {
            for (var way = 0; way < Ways.Length; way++)
            {
                for (var rotation = 0; rotation < Rotations.Length; rotation++)
                {
                    var body = Ways[way].Replace("(ROTATION)", Rotations[rotation], StringComparison.Ordinal)
                        .Replace("T.", type + ".", StringComparison.Ordinal)
                        .Replace("REST", (bits - 7).ToString((IFormatProvider?)null), StringComparison.Ordinal)
                        .Replace("BITS", bits.ToString((IFormatProvider?)null), StringComparison.Ordinal);
                    text.AppendLine($"""(func (export "{type} {way} {rotation}") (param $a {type}) (param $seven {type}) (result i32) (local $t {type}) (local $u {type}) {body})""");
                }
            }
        }
        using var guest = Guest.Load(text.Append(')').ToString(), new EngineOptions { BoundsChecks = mode });
        for (var way = 0; way < Ways.Length; way++)
        {
            for (var rotation = 0; rotation < Rotations.Length; rotation++)
            {
                var narrow = guest.Instance.GetFunction($"i32 {way} {rotation}")!.CreateDelegate<Func<int, int, int>>();
                var wide = guest.Instance.GetFunction($"i64 {way} {rotation}")!.CreateDelegate<Func<long, long, int>>();
                foreach (var value in Values)
                {
                    Assert.Equal(BitOperations.RotateLeft((uint)value, 7) != 0 ? 1 : 2, narrow((int)value, 7));
                    Assert.Equal(BitOperations.RotateLeft((ulong)value, 7) != 0 ? 1 : 2, wide(value, 7));
                }
            }
        }
    }
}
