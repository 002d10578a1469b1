using System.Diagnostics;

namespace TensorWasm.Sandbox.Tests;

/// <summary>Guests that never end are stopped from outside, and can be used again.</summary>
public sealed class LoopTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, string> Loops = new()
    {
        ["empty"] = "(func (export \"run\") (loop (br 0)))",
        ["nested"] = "(func (export \"run\") (loop (loop (loop (br 0)) (br 0)) (br 0)))",
        ["nested, the outer one repeats"] =
            "(func (export \"run\") (local i32) (loop $o (local.set 0 (i32.const 3)) (loop $i (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $i (local.get 0))) (br $o)))",
        ["conditional"] = "(func (export \"run\") (local i32) (loop (br_if 0 (i32.eqz (local.get 0)))))",
        ["counts"] = "(func (export \"run\") (local i64) (loop (local.set 0 (i64.add (local.get 0) (i64.const 1))) (br_if 0 (i64.ne (local.get 0) (i64.const -1)))))",
        ["table of branches"] =
            "(func (export \"run\") (local i32) (loop $a (loop $b (loop $c (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br_table $a $b $c $a (i32.and (local.get 0) (i32.const 3)))))))",
        ["state machine"] =
            "(func (export \"run\") (local i32) (loop $l (block $x (block $y (block $z (br_table $z $y $x (i32.rem_u (local.get 0) (i32.const 3)))) (local.set 0 (i32.const 1)) (br $l)) (local.set 0 (i32.const 2)) (br $l)) (local.set 0 (i32.const 0)) (br $l)))",
        ["calls a leaf"] = "(func $leaf (result i32) (i32.const 1)) (func (export \"run\") (loop (br_if 0 (call $leaf))))",
        ["reads memory"] = "(memory 1) (func (export \"run\") (loop (br_if 0 (i32.eqz (i32.load (i32.const 0))))))",
        ["writes memory"] = "(memory 1) (func (export \"run\") (loop (i32.store (i32.const 0) (i32.const 1)) (br 0)))",
        ["fills memory"] =
            "(memory 100) (func (export \"run\") (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 6553600)) (br 0)))",
        ["loop with parameters"] = "(func (export \"run\") (i32.const 1) (loop (param i32) (br 0)))",
        ["global"] = "(global (mut i32) (i32.const 0)) (func (export \"run\") (loop (global.set 0 (i32.const 1)) (br_if 0 (global.get 0))))",
        ["calls itself at the end"] = "(func $f (export \"run\") (return_call $f))",
        ["two that call each other at the end"] = "(func $f (export \"run\") (return_call $g)) (func $g (return_call $f))",
        ["indirect tail call"] =
            "(type $t (func)) (table funcref (elem $f)) (func $f (export \"run\") (return_call_indirect (type $t) (i32.const 0)))",
        ["tail call of a reference"] =
            "(type $t (func)) (elem declare func $f) (func $f (export \"run\") (type $t) (return_call_ref $t (ref.func $f)))",
        ["tree recursion"] = "(func $f (param i32) (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))) (call $f (i32.sub (local.get 0) (i32.const 1)))))) (func (export \"run\") (call $f (i32.const 100)))",
        ["large frame"] = $"(func $f (param i32) (local {string.Concat(Enumerable.Repeat("v128 ", 4000))}) (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))) (call $f (i32.sub (local.get 0) (i32.const 1)))))) (func (export \"run\") (call $f (i32.const 8)) (loop (call $f (i32.const 1)) (br 0)))",
    };

    public static TheoryData<BoundsChecks, string> Cases()
    {
        var data = new TheoryData<BoundsChecks, string>();
        foreach (var mode in Guests.Modes)
        {
            foreach (var name in Loops.Keys) data.Add(mode, name);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_endless_loop_is_interrupted(BoundsChecks mode, string name)
    {
        var engine = Guests.Engine(mode);
        using var bystander = new Bystander(engine);
        using var store = new Store(engine);
        var instance = Guests.Instantiate(store, $"(module {Loops[name]} (func (export \"ok\") (result i32) (i32.const 42)))");
        var start = Stopwatch.GetTimestamp();
        using (store.InterruptAfter(TimeSpan.FromMilliseconds(30)))
        {
            Guests.AssertTraps(TrapCode.Interrupted, () => instance.Call("run"));
        }
        Assert.True(Stopwatch.GetElapsedTime(start) < Generous);
        Assert.Equal(42, instance.Call("ok"));
    }

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void A_start_function_that_never_ends_is_interrupted(BoundsChecks mode)
    {
        var engine = Guests.Engine(mode);
        using var bystander = new Bystander(engine);
        using var store = new Store(engine);
        using (store.InterruptAfter(TimeSpan.FromMilliseconds(30)))
        {
            Guests.AssertTraps(
                TrapCode.Interrupted, () => Guests.Instantiate(store, "(module (func $f (loop (br 0))) (start $f))"));
        }
        Assert.Equal(7, Guests.Instantiate(store, "(module (func (export \"f\") (result i32) (i32.const 7)))").Call("f"));
    }

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void A_token_stops_a_guest_that_calls_the_host_forever(BoundsChecks mode)
    {
        var engine = Guests.Engine(mode);
        using var store = new Store(engine);
        var calls = 0;
        using var cancellation = new CancellationTokenSource();
        var linker = new Linker(engine).DefineFunction("host", "tick", () =>
        {
            if (++calls == 1) cancellation.CancelAfter(30);
        });
        var instance = Guests.Instantiate(
            store, "(module (import \"host\" \"tick\" (func $t)) (func (export \"run\") (loop (call $t) (br 0))))", linker);
        using (store.InterruptOn(cancellation.Token))
        {
            Guests.AssertTraps(TrapCode.Interrupted, () => instance.Call("run"));
        }
    }
}
