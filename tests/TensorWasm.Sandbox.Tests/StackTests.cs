using System.Text;

namespace TensorWasm.Sandbox.Tests;

/// <summary>Every way to use up the stack ends in a trap, in a process of its own since .NET can't survive an overflow.</summary>
public sealed class StackTests
{
    private const string Fine = "(func (export \"ok\") (result i32) (i32.const 42))";

    [Fact]
    public void Direct_recursion() => Overflow("(func $f (export \"run\") (call $f))");

    [Fact]
    public void Recursion_that_returns_values() =>
        Overflow("(func $f (export \"run\") (result i64 f64) (call $f) (drop) (f64.const 1))");

    [Fact]
    public void Mutual_and_indirect_recursion()
    {
        Isolated.Run(typeof(StackTests), mode =>
        {
            AssertOverflow(mode, "(func $f (export \"run\") (call $g)) (func $g (call $h)) (func $h (call $f))");
            AssertOverflow(mode, """
                (type $t (func)) (table funcref (elem $f)) (func $f (export "run") (call_indirect (type $t) (i32.const 0)))
                """);
            AssertOverflow(mode, """
                (type $t (func)) (elem declare func $f) (func $f (export "run") (call_ref $t (ref.func $f)))
                """);
            AssertOverflow(mode, """
                (type $t (func)) (table funcref (elem $f $g))
                (func $f (export "run") (call_indirect (type $t) (i32.const 1)) (nop))
                (func $g (return_call $f))
                """);
        });
    }

    [Fact]
    public void Recursion_through_host_functions()
    {
        Isolated.Run(typeof(StackTests), mode =>
        {
            var engine = Guests.Engine(mode);
            using var store = new Store(engine);
            Instance? instance = null;
            var linker = new Linker(engine)
                .DefineFunction("host", "again", () => { instance!.Call("run"); })
                .DefineFunction("host", "caller", (Caller caller) => { caller.GetFunction("byCaller")!.Invoke(); });
            instance = Guests.Instantiate(
                store,
                $"""
                (module (import "host" "again" (func $a)) (import "host" "caller" (func $c)) {Fine}
                  (func (export "run") (call $a)) (func (export "byCaller") (call $c)))
                """,
                linker);
            Guests.AssertTraps(TrapCode.StackOverflow, () => instance.Call("run"));
            Guests.AssertTraps(TrapCode.StackOverflow, () => instance.Call("byCaller"));
            Assert.Equal(42, instance.Call("ok"));
        });
    }

    [Fact]
    public void Recursion_on_threads_with_little_stack()
    {
        Isolated.Run(typeof(StackTests), mode =>
        {
            foreach (var size in (int[])[192 << 10, 256 << 10, 512 << 10, 1 << 20, 8 << 20])
            {
                Exception? failure = null;
                var thread = new Thread(
                    () =>
                    {
                        try
                        {
                            AssertOverflow(mode, "(func $f (export \"run\") (call $f))");
                        }
                        catch (Exception e)
                        {
                            failure = e;
                        }
                    },
                    size);
                thread.Start();
                thread.Join();
                Assert.Null(failure);
            }
        });
    }

    [Fact]
    public void Recursion_with_many_locals()
    {
        // The locals are used after the call, so that they live across it.
        Isolated.Run(typeof(StackTests), mode =>
        {
            foreach (var (type, count) in ((string, int)[])
                [("i32", 1_000), ("i32", 50_000), ("i64", 50_000), ("v128", 3_000), ("v128", 50_000), ("funcref", 20_000)])
            {
                AssertOverflow(mode, ManyLocals(type, count));
            }
        });
    }

    [Fact]
    public void Recursion_with_many_operands_that_wait()
    {
        // Each operand is read before the local changes, and used after the call.
        Isolated.Run(typeof(StackTests), mode =>
        {
            foreach (var (type, add) in ((string, string)[])[("i64", "i64.add"), ("v128", "i64x2.add")])
            {
                foreach (var count in (int[])[100, 3_000, 15_000, 60_000])
                {
                    var text = new StringBuilder($"(func $f (export \"run\") (local {type})");
                    for (var i = 0; i < count; i++) text.Append("local.get 0 ");
                    text.Append("local.get 0 local.set 0 call $f ");
                    for (var i = 1; i < count; i++) text.Append(add).Append(' ');
                    AssertOverflow(mode, text.Append("local.set 0)").ToString());
                }
            }
        });
    }

    [Fact]
    public void Recursion_with_many_parameters_and_results()
    {
        Isolated.Run(typeof(StackTests), mode =>
        {
            foreach (var type in (string[])["i32", "i64", "f64", "v128"])
            {
                AssertOverflow(mode, ManyParameters(type, 1000, 0));

                // The runtime takes seconds to load the type of a thousand results.
                AssertOverflow(mode, ManyParameters(type, 0, 200));
                AssertOverflow(mode, ManyParameters(type, 1000, 200));
            }
        });
    }

    [Fact]
    public void Functions_first_compiled_at_any_depth()
    {
        // The runtime compiles a function when it is first called, on the guest's own stack.
        Isolated.Run(typeof(StackTests), mode =>
        {
            var text = new StringBuilder("(module (memory 1) (type $t (func (param i32) (result i32))) (table funcref (elem");
            const int count = 30;
            for (var i = 0; i < count; i++) text.Append($" $g{i}");
            text.Append("))\n(func $down (export \"run\") (param i32) (param i32) (result i32) (if (result i32) (local.get 0)");
            text.Append("(then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)) (local.get 1))))");
            text.Append("(else (call_indirect (type $t) (local.get 1) (local.get 1)))))\n");
            for (var i = 0; i < count; i++)
            {
                text.Append($"(func $g{i} (type $t) (local i32 i64 f64)\n");
                for (var j = 0; j < 60; j++)
                {
                    text.Append($"(if (i32.gt_s (local.get 0) (i32.const {j})) (then (loop (local.set 1 (i32.add (i32.add (local.get 1) (i32.const 1)) (i32.load (i32.and (i32.mul (local.get 1) (i32.const {i + j})) (i32.const 255))))) (br_if 0 (i32.lt_u (local.get 1) (i32.const {j}))))))");
                }
                text.Append("(local.get 1))\n");
            }
            text.Append(')');
            var engine = Guests.Engine(mode);
            using var store = new Store(engine);
            var run = Guests.Instantiate(store, text.ToString()).GetFunction("run")!;
            var low = 0;
            var high = 1 << 20;
            while (high - low > 1)
            {
                var middle = (low + high) / 2;
                if (Overflows(run, middle, 0)) high = middle;
                else low = middle;
            }
            for (var i = 1; i < count; i++) _ = Overflows(run, Math.Max(0, low - i + 3), i);
        });
    }

    private static bool Overflows(Function run, int depth, int callee)
    {
        try
        {
            run.Invoke(depth, callee);
            return false;
        }
        catch (TrapException e) when (e.Code == TrapCode.StackOverflow)
        {
            return true;
        }
    }

    private static string ManyLocals(string type, int count)
    {
        var text = new StringBuilder($"(func $f (export \"run\") (local {string.Concat(Enumerable.Repeat(type + " ", count))})\n");
        text.Append(type == "funcref" ? "(elem.drop 0)" : "").Append("(call $f)\n");
        var use = type switch
        {
            "funcref" => "(drop (ref.is_null (local.get {0})))",
            "v128" => "(local.set 0 (i32x4.add (local.get 0) (local.get {0})))",
            _ => "(local.set 0 (" + type + ".add (local.get 0) (local.get {0})))",
        };
        for (var i = 0; i < count; i += Math.Max(1, count / 2_000)) text.AppendFormat(null, use, i);
        return text.Append(')').Append(type == "funcref" ? "(elem func)" : "").ToString();
    }

    private static string ManyParameters(string type, int parameters, int results)
    {
        var zero = type == "v128" ? "(v128.const i64x2 0 0)" : $"({type}.const 0)";
        var text = new StringBuilder("(func $f");
        if (parameters > 0) text.Append($" (param {string.Concat(Enumerable.Repeat(type + " ", parameters))})");
        if (results > 0) text.Append($" (result {string.Concat(Enumerable.Repeat(type + " ", results))})");
        for (var i = 0; i < parameters; i++) text.Append($"(local.get {i})");
        text.Append("(call $f))\n(func (export \"run\")");
        for (var i = 0; i < parameters; i++) text.Append(zero);
        text.Append("(call $f)");
        for (var i = 0; i < results; i++) text.Append("(drop)");
        return text.Append(')').ToString();
    }

    private static void Overflow(string text, [System.Runtime.CompilerServices.CallerMemberName] string method = "") =>
        Isolated.Run(typeof(StackTests), mode => AssertOverflow(mode, text), method: method);

    private static void AssertOverflow(BoundsChecks mode, string text)
    {
        using var store = new Store(Guests.Engine(mode));
        var instance = Guests.Instantiate(store, $"(module {text} {Fine})");
        Guests.AssertTraps(TrapCode.StackOverflow, () => instance.Call("run"));
        Guests.AssertTraps(TrapCode.StackOverflow, () => instance.Call("run"));
        Assert.Equal(42, instance.Call("ok"));
    }
}
