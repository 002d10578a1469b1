using System.Globalization;
using System.Numerics;
using System.Text;
using TensorWasm.Engine.Compilation;

namespace TensorWasm.Engine.Tests;

/// <summary>
/// Functions beyond RyuJIT's limits, which are divided. The guest is an interpreter with a case for each of many
/// instructions; what it must compute is worked out by the same interpreter in C#.
/// </summary>
public sealed class OutliningTests
{
    private const int Cases = 500;

    /// <summary>How often each case does the same: it makes the function too large.</summary>
    private const int Repetitions = 4;
    private const int Return = Cases;
    private const int Trap = Cases + 1;
    private const int Recurse = Cases + 2;

    public static TheoryData<BoundsChecks, bool> Modes() => new()
    {
        { BoundsChecks.Automatic, false }, { BoundsChecks.Automatic, true }, { BoundsChecks.Explicit, false }, { BoundsChecks.Explicit, true },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_divided_interpreter_computes_what_it_should(BoundsChecks checks, bool all)
    {
        using var guest = Load(checks, all);
        var run = guest.Instance.GetFunction("run")!.CreateDelegate<Func<int, int, long, double, long>>();
        var random = new Random(1);
        for (var i = 0; i < 20; i++)
        {
            // Each recursion runs the rest of the program twice.
            var program = Enumerable.Range(0, 4 * Cases).Select(_ => random.Next(Cases)).ToArray();
            for (var at = 0; at < 5; at++) program[random.Next(program.Length)] = Recurse;
            program[^1] = Return;
            Write(guest, program);
            var (a, b, f) = (random.Next(), random.NextInt64(), random.NextDouble());
            Assert.Equal(Interpret(program, 0, a, b, f), run(0, a, b, f));
        }
    }

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void Nothing_exceeds_the_limits_afterwards(BoundsChecks checks)
    {
        var engine = new WasmEngine(new EngineOptions { BoundsChecks = checks });
        var module = engine.Compile(Encoding.UTF8.GetBytes(Source()));
        Assert.Equal(0, module.FunctionsOverJitLimits);

        // It was too large: there are parts, and whole it has none.
        var options = new CompilerOptions(checks == BoundsChecks.Automatic, Fuel: false);
        Assert.True(ModuleCompiler.Compile(module.Definition, options).Image.AsSpan().IndexOf("run[0].0"u8) >= 0);
        options = options with { Limits = null };
        Assert.True(ModuleCompiler.Compile(module.Definition, options).Image.AsSpan().IndexOf("run[0].0"u8) < 0);
    }

    [Fact]
    public void A_function_without_statements_cannot_be_divided_and_is_counted()
    {
        // One expression: no place in it where the operand stack is empty.
        var source = new StringBuilder("(module (func (export \"sum\") (param i32) (result i32) local.get 0\n");
        for (var i = 0; i < 12_000; i++) source.Append("local.get 0 i32.add i32.const 3 i32.xor\n");
        var text = source.Append("))").ToString();
        var engine = new WasmEngine();
        Assert.Equal(1, engine.Compile(Encoding.UTF8.GetBytes(text)).FunctionsOverJitLimits);
        using var guest = Guest.Load(text);
        var expected = 7;
        for (var i = 0; i < 12_000; i++) expected = (expected + 7) ^ 3;
        Assert.Equal(expected, guest.Call("sum", 7));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_trap_in_a_part_shows_the_function_once(BoundsChecks checks, bool all)
    {
        using var guest = Load(checks, all);
        Write(guest, [0, Recurse, 1, Recurse, 2, Trap]);
        var trap = Assert.Throws<TrapException>(() => guest.Call("run", 0, 1, 2L, 3d));
        Assert.Equal(TrapCode.Unreachable, trap.Code);
        Assert.Equal(["run", "run", "run"], trap.Frames.Select(frame => frame.Name));
    }

    [Fact]
    public void Endless_recursion_through_parts_ends_with_a_trap()
    {
        using var guest = Load(BoundsChecks.Automatic, true);
        Write(guest, [.. Enumerable.Repeat(Recurse, 200_000), Return]);
        var trap = Assert.Throws<TrapException>(() => guest.Call("run", 0, 1, 2L, 3d));
        Assert.Equal(TrapCode.StackOverflow, trap.Code);
        Write(guest, [0, Return]);
        Assert.Equal(Interpret([0, Return], 0, 1, 2, 3), guest.Call("run", 0, 1, 2L, 3d));
    }

    [Fact]
    public void An_endless_loop_in_parts_can_be_stopped()
    {
        using var guest = Guest.Load(
            """
            (module (func (export "spin") (param i32) (local i32)
              (local.set 1 (i32.const 1))
              (loop $outer
                (loop $inner
                  (local.set 1 (i32.mul (local.get 1) (i32.const 3)))
                  (br_if $outer (i32.and (local.get 1) (local.get 0)))
                  (local.set 1 (i32.add (local.get 1) (i32.const 1)))
                  (br $inner))))
              )
            """,
            new EngineOptions { JitLimits = JitLimits.Tiny });
        using var timer = new Timer(_ => guest.Store.Interrupt(), null, 50, Timeout.Infinite);
        var trap = Assert.Throws<TrapException>(() => guest.Call("spin", 4));
        Assert.Equal(TrapCode.Interrupted, trap.Code);
        Assert.Equal(["spin"], trap.Frames.Select(frame => frame.Name));
    }

    private static Guest Load(BoundsChecks checks, bool all) => Guest.Load(
        Source(),
        new EngineOptions { BoundsChecks = checks, JitLimits = all ? JitLimits.Tiny : JitLimits.RyuJit });

    private static void Write(Guest guest, int[] program)
    {
        var memory = guest.Instance.GetMemory("memory")!;
        for (var i = 0; i < program.Length; i++) memory.Write((ulong)(2 * i), (short)program[i]);
    }

    private static string Source()
    {
        var text = new StringBuilder("""
            (module
              (memory (export "memory") 16)
              (func $run (export "run") (param $pc i32) (param $a i32) (param $b i64) (param $f f64) (result i64) (local $i i32)
              loop $next

            """);
        for (var k = Recurse; k >= 0; k--) text.Append(CultureInfo.InvariantCulture, $"block $c{k}\n");
        text.Append("(i32.load16_u (local.get $pc)) (local.set $pc (i32.add (local.get $pc) (i32.const 2)))\nbr_table");
        for (var k = 0; k <= Recurse; k++) text.Append(CultureInfo.InvariantCulture, $" $c{k}");
        text.Append('\n');
        for (var k = 0; k < Cases; k++) text.Append(CultureInfo.InvariantCulture, $"end\n{string.Concat(Enumerable.Repeat(Case(k), Repetitions))}\nbr $next\n");
        return text.Append("""
            end
            (return (i64.xor (i64.xor (local.get $b) (i64.extend_i32_s (local.get $a))) (i64.reinterpret_f64 (local.get $f))))
            end
            unreachable
            end
            (local.set $a (i32.add (local.get $a)
              (i32.wrap_i64 (call $run (local.get $pc) (local.get $a) (local.get $b) (local.get $f)))))
            br $next
            end
            unreachable))
            """).ToString();
    }

    private static string Case(int k) => (k % 5) switch
    {
        0 => $"(local.set $a (i32.add (i32.mul (local.get $a) (i32.const 31)) (i32.const {k})))",
        1 => $"""
            (i64.store offset={700_000 + (k * 8)} (i32.const 0) (i64.add (local.get $b) (i64.const {k})))
            (local.set $b (i64.xor (i64.load offset={700_000 + (k * 8)} (i32.const 0)) (i64.extend_i32_u (local.get $a))))
            """,
        2 => $"""
            (if (i32.and (local.get $a) (i32.const 1))
              (then (local.set $a (i32.add (local.get $a) (i32.wrap_i64 (local.get $b)))) (br $next))
              (else (local.set $b (i64.add (i64.mul (local.get $b) (i64.const 3)) (i64.const {k})))))
            (local.set $a (i32.xor (local.get $a) (i32.const {k})))
            """,
        3 => $"""
            (local.set $f (f64.add (f64.mul (local.get $f) (f64.const 0.5)) (f64.const {k})))
            (local.set $a (i32.xor (local.get $a) (i32.trunc_sat_f64_s (local.get $f))))
            """,
        _ => $"""
            (local.set $i (i32.const 3))
            (loop $again
              (local.set $a (i32.add (i32.rotl (local.get $a) (i32.const 1)) (i32.const {k})))
              (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
            """,
    };

    private static long Interpret(int[] program, int pc, int a, long b, double f)
    {
        while (true)
        {
            var k = program[pc++];
            switch (k)
            {
                case Return:
                    return b ^ a ^ BitConverter.DoubleToInt64Bits(f);
                case Recurse:
                    a += (int)Interpret(program, pc, a, b, f);
                    continue;
            }
            for (var repetition = 0; repetition < Repetitions; repetition++)
            {
                if (k % 5 == 2 && (a & 1) != 0)
                {
                    a += (int)b;
                    break;
                }
                Step(k, ref a, ref b, ref f);
            }
        }
    }

    private static void Step(int k, ref int a, ref long b, ref double f)
    {
        switch (k % 5)
        {
            case 0:
                a = (a * 31) + k;
                break;
            case 1:
                b = (b + k) ^ (uint)a;
                break;
            case 2:
                b = (b * 3) + k;
                a ^= k;
                break;
            case 3:
                f = (f * 0.5) + k;
                a ^= (int)f;
                break;
            default:
                for (var i = 0; i < 3; i++) a = (int)BitOperations.RotateLeft((uint)a, 1) + k;
                break;
        }
    }
}
