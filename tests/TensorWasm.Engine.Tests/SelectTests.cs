using System.Globalization;
using System.Text;

namespace TensorWasm.Engine.Tests;

/// <summary>
/// Selects inside a loop, where they are made of arithmetic, in the shapes that the compiler knows: comparisons, minima and
/// maxima, tests of a bit. Expected values are those of C#'s own operators.
/// </summary>
public sealed class SelectTests
{
    private static readonly int[] Values =
        [0, 1, 2, 3, -1, -2, 7, int.MaxValue, int.MaxValue - 1, int.MinValue, int.MinValue + 1, 0x40000000, -0x40000000];

    private static readonly (string Name, Func<int, int, bool> Holds)[] Comparisons =
    [
        ("lt_s", (a, b) => a < b), ("lt_u", (a, b) => (uint)a < (uint)b), ("gt_s", (a, b) => a > b), ("gt_u", (a, b) => (uint)a > (uint)b),
        ("le_s", (a, b) => a <= b), ("le_u", (a, b) => (uint)a <= (uint)b), ("ge_s", (a, b) => a >= b), ("ge_u", (a, b) => (uint)a >= (uint)b),
        ("eq", (a, b) => a == b), ("ne", (a, b) => a != b),
    ];

    /// <summary>How the two values and the two operands are written: A and B are what is passed in.</summary>
    private static readonly (string Text, Func<int, int, bool, int> Expected)[] Shapes =
    [
        ("(local.get $a) (local.get $b) (local.get $a) (local.get $b) CMP select", (a, b, holds) => holds ? a : b),
        ("(local.get $b) (local.get $a) (local.get $a) (local.get $b) CMP select", (a, b, holds) => holds ? b : a),
        ("(i32.const 5) (i32.const 9) (local.get $a) (local.get $b) CMP select", (a, b, holds) => holds ? 5 : 9),
        ("(local.get $a) (local.tee $t) (local.get $b) (local.get $t) (local.get $b) CMP select", (a, b, holds) => holds ? a : b),
        ("(local.get $a) (local.get $b) (local.tee $t) (local.get $a) (local.get $t) CMP select", (a, b, holds) => holds ? a : b),
        ("(local.get $a) (block (result i32) (local.get $b)) (local.get $a) (local.get $b) CMP select", (a, b, holds) => holds ? a : b),
        ("(local.get $a) (local.get $b) (block (result i32) (local.get $a)) (block (result i32) (local.get $b)) CMP select", (a, b, holds) => holds ? a : b),
        ("(local.get $a) (local.get $b) (block (result i32) (local.get $a) (local.get $b) CMP) select", (a, b, holds) => holds ? a : b),
        ("(i64.extend_i32_s (local.get $a)) (i64.extend_i32_s (local.get $b)) (local.get $a) (local.get $b) CMP select i32.wrap_i64", (a, b, holds) => holds ? a : b),
    ];

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void Comparisons_select(BoundsChecks mode)
    {
        var text = new StringBuilder("(module (memory 1)\n");
        for (var shape = 0; shape < Shapes.Length; shape++)
        {
            foreach (var (name, _) in Comparisons) Define(text, $"{shape} {name}", Shapes[shape].Text.Replace("CMP", "i32." + name, StringComparison.Ordinal));
        }
        using var guest = Guest.Load(text.Append(')').ToString(), new EngineOptions { BoundsChecks = mode });
        for (var shape = 0; shape < Shapes.Length; shape++)
        {
            foreach (var (name, holds) in Comparisons)
            {
                var function = guest.Instance.GetFunction($"{shape} {name}")!.CreateDelegate<Func<int, int, int>>();
                foreach (var a in Values)
                {
                    foreach (var b in Values) Assert.Equal(Shapes[shape].Expected(a, b, holds(a, b)), function(a, b));
                }
            }
        }
    }

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void Clamps_to_constants(BoundsChecks mode)
    {
        var text = new StringBuilder("(module (memory 1)\n");
        foreach (var bound in Values)
        {
            foreach (var (name, _) in Comparisons)
            {
                var constant = string.Create(CultureInfo.InvariantCulture, $"(i32.const {bound})");
                Define(text, $"{bound} {name}", $"(local.get $a) {constant} (local.get $a) {constant} i32.{name} select");
            }
        }
        using var guest = Guest.Load(text.Append(')').ToString(), new EngineOptions { BoundsChecks = mode });
        foreach (var bound in Values)
        {
            foreach (var (name, holds) in Comparisons)
            {
                var function = guest.Instance.GetFunction($"{bound} {name}")!.CreateDelegate<Func<int, int, int>>();
                foreach (var a in Values) Assert.Equal(holds(a, bound) ? a : bound, function(a, 0));
            }
        }
    }

    [Theory]
    [InlineData("(i32.and (local.get $a) (i32.const 1))", 1, false)]
    [InlineData("(i32.eqz (i32.and (local.get $a) (i32.const 1)))", 1, true)]
    [InlineData("(i32.and (local.get $a) (i32.const 2))", 2, false)]
    [InlineData("(i32.eqz (i32.and (local.get $a) (i32.const 2)))", 2, true)]
    [InlineData("(i64.eqz (i64.and (i64.extend_i32_s (local.get $a)) (i64.const 1)))", 1, true)]
    [InlineData("(i64.eqz (i64.and (i64.extend_i32_s (local.get $a)) (i64.const 3)))", 3, true)]
    [InlineData("(local.get $a)", -1, false)]
    [InlineData("(i32.const 1)", 0, true)]
    public void Bits_select(string condition, int mask, bool whenZero)
    {
        var text = new StringBuilder("(module (memory 1)\n");
        Define(text, "i32", $"(local.get $a) (local.get $b) {condition} select");
        Define(text, "i64", $"(i64.extend_i32_u (local.get $a)) (i64.extend_i32_s (local.get $b)) {condition} select i32.wrap_i64");
        using var guest = Guest.Load(text.Append(')').ToString());
        foreach (var name in (string[])["i32", "i64"])
        {
            var function = guest.Instance.GetFunction(name)!.CreateDelegate<Func<int, int, int>>();
            foreach (var a in Values)
            {
                foreach (var b in Values) Assert.Equal((a & mask) == 0 == whenZero ? a : b, function(a, b));
            }
        }
    }

    /// <summary>What a global was set to is remembered only as long as nothing else can have set it.</summary>
    [Fact]
    public void Globals_are_read_again_where_others_may_have_set_them()
    {
        using var guest = Guest.Load("""
            (module
              (import "host" "y" (global $y (mut i32)))
              (import "host" "y" (global $z (mut i32)))
              (global $g (mut i32) (i32.const 0))
              (func $other (global.set $g (i32.const 7)))
              (func (export "call") (result i32) (global.set $g (i32.const 1)) (call $other) (global.get $g))
              (func (export "alias") (result i32) (global.set $y (i32.const 1)) (global.set $z (i32.const 9)) (global.get $y))
              (func (export "branch") (param i32) (result i32)
                (global.set $g (i32.const 1))
                (if (local.get 0) (then (global.set $g (i32.const 2))) (else (global.set $g (i32.const 3))))
                (global.get $g))
              (func (export "skip") (param i32) (result i32)
                (global.set $g (i32.const 1))
                (block (br_if 0 (local.get 0)) (global.set $g (i32.const 5)))
                (global.get $g))
              (func (export "loop") (param i32) (result i32) (local $sum i32)
                (global.set $g (i32.const 1))
                (loop
                  (local.set $sum (i32.add (local.get $sum) (global.get $g)))
                  (global.set $g (i32.add (global.get $g) (i32.const 1)))
                  (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                (local.get $sum)))
            """, define: linker => linker.Define(
                "host", "y", new Global(new TensorWasm.Wasm.GlobalType(TensorWasm.Wasm.ValueType.I32, true), 0)));
        Assert.Equal(7, guest.Call("call"));
        Assert.Equal(9, guest.Call("alias"));
        Assert.Equal(2, guest.Call("branch", 1));
        Assert.Equal(3, guest.Call("branch", 0));
        Assert.Equal(1, guest.Call("skip", 1));
        Assert.Equal(5, guest.Call("skip", 0));
        Assert.Equal(10, guest.Call("loop", 4));
    }

    private static void Define(StringBuilder text, string name, string body) => text.Append(CultureInfo.InvariantCulture, $"""
        (func (export "{name}") (param $a i32) (param $b i32) (result i32) (local $t i32) (local $n i32) (local $r i32)
          (loop $again
            {body} (local.set $r)
            (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 2))))
          (local.get $r))

        """);
}
