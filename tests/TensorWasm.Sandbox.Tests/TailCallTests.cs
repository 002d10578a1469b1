namespace TensorWasm.Sandbox.Tests;

/// <summary>Tail calls use no stack (specification, section 4.6.11), whatever the callee takes.</summary>
public sealed class TailCallTests
{
    private const int Iterations = 10_000_000;

    [Theory]
    [InlineData("(return_call $f (i32.sub (local.get 0) (i32.const 1)))")]
    [InlineData("(return_call $many (i32.sub (local.get 0) (i32.const 1)) (i64.const 1) (f64.const 2) (i64.const 3) (i32.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9))")]
    [InlineData("(return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))")]
    [InlineData("(return_call_ref $t (i32.sub (local.get 0) (i32.const 1)) (ref.func $f))")]
    [InlineData("(return_call $large (i32.sub (local.get 0) (i32.const 1)))")]
    public void Ten_million_tail_calls_run_in_constant_stack(string call)
    {
        foreach (var mode in Guests.Modes)
        {
            using var store = new Store(Guests.Engine(mode));
            var locals = string.Concat(Enumerable.Repeat("v128 ", 3_000));
            var iterations = call.Contains("$large", StringComparison.Ordinal) ? Iterations / 100 : Iterations;
            var instance = Guests.Instantiate(store, $"""
                (module
                  (type $t (func (param i32) (result i32)))
                  (table funcref (elem $f))
                  (func $f (export "run") (type $t) (if (i32.eqz (local.get 0)) (then (return (i32.const 42)))) {call})
                  (func $many (param i32 i64 f64 i64 i32 i64 i64 i64 i64 i64) (result i32) (return_call $f (local.get 0)))
                  (func $large (type $t) (local {locals})
                    (local.set 2000 (i32x4.splat (local.get 0)))
                    (return_call $f (i32x4.extract_lane 1 (local.get 2000)))))
                """);
            Assert.Equal(42, instance.Call("run", iterations));
        }
    }
}
