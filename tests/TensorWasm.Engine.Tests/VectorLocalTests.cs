namespace TensorWasm.Engine.Tests;

/// <summary>
/// Found by fuzzing: with AVX-512 RyuJIT kept a vector local in a mask register without making it 0 first, so what was in the
/// register before decided. A local is 0 before it is set (section 4.6.11).
/// </summary>
public sealed class VectorLocalTests
{
    private const string BitmaskInLoops = """
        (module
          (global $fuel (mut i32) (i32.const 0))
          (func $make (param f32 i32) (result v128 i64)
            (global.set $fuel (i32.sub (global.get $fuel) (i32.const 10)))
            (v128.const i64x2 0 0) (i64.const 0))
          (elem declare func $make)
          (type $make (func (param f32 i32) (result v128 i64)))
          (func $f (result i32) (local $v v128) (local $l i64) (local $n i32) (local $m i32)
            (loop $again
              (if (i32.lt_s (global.get $fuel) (i32.const 3)) (then unreachable))
              (global.set $fuel (i32.sub (global.get $fuel) (i32.const 3)))
              (local.set $n (i32.const 2))
              (block $out (loop $outer
                (br_if $out (i32.eqz (local.get $n)))
                (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                (local.set $m (i32.const 6))
                (block $in (loop $inner
                  (br_if $in (i32.eqz (local.get $m)))
                  (local.set $m (i32.sub (local.get $m) (i32.const 1)))
                  (if (if (result i32) (BITMASK (local.get $v)) (then (i32.const 0)) (else (i32.const 80)))
                    (then)
                    (else (f32.const 0) (i32.const 0) (ref.func $make) (call_ref $make) (local.set $l) (local.set $v)))
                  (br $inner)))
                (br $outer)))
              (br_if $again (i32.const 0)))
            (i32.const 0))
          (func (export "run") (result i32) (global.set $fuel (i32.const 2000)) (drop (call $f)) (global.get $fuel)))
        """;

    [Theory]
    [InlineData(BoundsChecks.Automatic, "i64x2.bitmask")]
    [InlineData(BoundsChecks.Automatic, "i32x4.bitmask")]
    [InlineData(BoundsChecks.Automatic, "i16x8.bitmask")]
    [InlineData(BoundsChecks.Automatic, "i8x16.bitmask")]
    [InlineData(BoundsChecks.Explicit, "i64x2.bitmask")]
    [InlineData(BoundsChecks.Explicit, "i32x4.bitmask")]
    [InlineData(BoundsChecks.Explicit, "i16x8.bitmask")]
    [InlineData(BoundsChecks.Explicit, "i8x16.bitmask")]
    public void A_vector_that_is_read_before_it_is_set_is_zero(BoundsChecks mode, string bitmask)
    {
        using var guest = Guest.Load(
            BitmaskInLoops.Replace("BITMASK", bitmask, StringComparison.Ordinal), new EngineOptions { BoundsChecks = mode });
        for (var i = 0; i < 3; i++) Assert.Equal(1997, guest.Call("run"));
    }
}
