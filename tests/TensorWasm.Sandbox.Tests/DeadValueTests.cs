using System.Text;

namespace TensorWasm.Sandbox.Tests;

/// <summary>
/// A load traps whether or not its value is used (specification, section 4.6.10), in whatever way the value gets lost.
/// Compilers remove or narrow such loads. Each load is tried at the memory's end, alone and behind an access nearby that
/// works, as the compiler may draw conclusions from that.
/// </summary>
public sealed class DeadValueTests
{
    private const int Length = 2 * 65_536;

    private static readonly OpcodeInfo[] Loads =
    [
        .. OpcodeTable.All.Where(row =>
            row.Immediate == ImmediateKind.MemoryArgument && row.Results.Length == 1
            && !row.Name.Contains("atomic", StringComparison.Ordinal)),
    ];

    private static readonly string[] Nearby =
        ["", "(global.set $g (i32.load8_u (local.get 0)))", "(i32.store8 (local.get 0) (i32.const 1))"];

    /// <summary>Ways to lose a value. LOAD is the load, ZERO a constant of its type T, TEST makes an i32 of it.</summary>
    private static readonly string[] Losses =
    [
        "LOAD drop",
        "LOAD local.set $T",
        "LOAD local.tee $T drop",
        "LOAD local.set $T ZERO local.set $T (local.get $T) global.set $gT",
        "(if (i32.eqz (global.get $z)) (then LOAD local.set $T)) ZERO local.set $T (local.get $T) global.set $gT",
        "LOAD TEST drop",
        "LOAD local.set $T (local.get $T) TEST local.set $i",
        "(block LOAD (br 0))",
        "(block LOAD (block (br 1)) unreachable)",
        "(block LOAD (block (br_table 0 1 (global.get $z))) drop)",
        "LOAD (return)",
        "LOAD (return_call $nothing)",
        "LOAD unreachable",
        "LOAD call $unusedT",
        "(drop (call $retN (local.get 0)))",
        "LOAD (if (param T) (result T) (global.get $z) (then) (else)) drop",
        "(local.set $n (i32.const 3)) (loop $l LOAD local.set $T (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if $l (local.get $n)))",
        "LOAD AND global.set $g",
        "ZERO LOAD (i32.const 1) (select (result T)) global.set $gT",
        "LOAD TEST (if (then))",
        "LOAD local.set $T (i32.const 0) (if (then (local.get $T) global.set $gT))",
    ];

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void A_load_whose_value_is_lost_traps_all_the_same(BoundsChecks mode)
    {
        Assert.True(Loads.Length >= 26);
        using var store = new Store(Guests.Engine(mode));
        int[] offsets = [0, 4, 128];
        var instance = Guests.Instantiate(store, Module(offsets));
        var wrong = new List<string>();
        for (var load = 0; load < Loads.Length; load++)
        {
            var size = Loads[load].Argument;
            foreach (var offset in offsets)
            {
                for (var near = 0; near < Nearby.Length; near++)
                {
                    for (var loss = 0; loss < Losses.Length; loss++)
                    {
                        var run = instance.GetFunction($"{load} {offset} {near} {loss}")!;
                        foreach (var address in Addresses(offset, size))
                        {
                            if (near > 0 && address >= Length) continue;
                            var fits = address + offset + size <= Length;
                            var expected = !fits ? TrapCode.MemoryOutOfBounds
                                : Losses[loss].EndsWith(" unreachable", StringComparison.Ordinal) ? TrapCode.Unreachable
                                : default(TrapCode?);
                            if (Outcome(run, address) is var outcome && outcome != expected)
                            {
                                wrong.Add($"{Loads[load].Name} offset={offset} at {address} in {Nearby[near]} {Losses[loss]}: {outcome}");
                            }
                        }
                    }
                }
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong:\n{string.Join('\n', wrong.Take(30))}");
    }

    private static IEnumerable<int> Addresses(int offset, int size) =>
        new[] { 0, Length - size - offset, Length - size - offset + 1, Length - offset - 1, Length - offset, Length - 1, Length }
            .Distinct();

    private static TrapCode? Outcome(Function function, int address)
    {
        try
        {
            function.Invoke(address);
            return null;
        }
        catch (TrapException e)
        {
            return e.Code;
        }
    }

    private static string Module(int[] offsets)
    {
        string[] types = ["i32", "i64", "f32", "f64", "v128"];
        var text = new StringBuilder("(module (memory 2) (global $g (mut i32) (i32.const 0)) (global $z (mut i32) (i32.const 0))\n(func $nothing)\n");
        foreach (var type in types) text.Append($"(global $g{type} (mut {type}) {Zero(type)}) (func $unused{type} (param {type}))\n");
        var locals = string.Concat(types.Select(type => $"(local ${type} {type})"));
        for (var load = 0; load < Loads.Length; load++)
        {
            var type = TypeOf(Loads[load].Results[0]);
            foreach (var offset in offsets)
            {
                var access = $"({Loads[load].Name} offset={offset} (local.get 0))";
                var name = $"$ret{load}_{offset}";
                text.Append($"(func {name} (param i32) (result {type}) {access})\n");
                for (var near = 0; near < Nearby.Length; near++)
                {
                    for (var loss = 0; loss < Losses.Length; loss++)
                    {
                        var body = Losses[loss]
                            .Replace("LOAD", access, StringComparison.Ordinal)
                            .Replace("ZERO", Zero(type), StringComparison.Ordinal)
                            .Replace("TEST", Test(type), StringComparison.Ordinal)
                            .Replace("AND", And(type), StringComparison.Ordinal)
                            .Replace("$retN", name, StringComparison.Ordinal)
                            .Replace("T", type, StringComparison.Ordinal);
                        text.Append($"(func (export \"{load} {offset} {near} {loss}\") (param i32) (local $i i32) (local $n i32) {locals} {Nearby[near]} {body})\n");
                    }
                }
            }
        }
        return text.Append(')').ToString();
    }

    private static string TypeOf(char letter) => letter switch
    {
        'i' => "i32",
        'l' => "i64",
        'f' => "f32",
        'd' => "f64",
        _ => "v128",
    };

    private static string Zero(string type) => type == "v128" ? "(v128.const i64x2 0 0)" : $"({type}.const 0)";

    private static string Test(string type) => type switch
    {
        "v128" => "i32x4.extract_lane 1",
        "i32" or "i64" => $"{type}.eqz",
        _ => $"({type}.const 1) {type}.lt",
    };

    /// <summary>An i32 that does not depend on the value, where integer operations can do that.</summary>
    private static string And(string type) => type switch
    {
        "i32" => "(i32.const 0) i32.and",
        "i64" => "(i64.const 0) i64.and i32.wrap_i64",
        "v128" => "(v128.const i64x2 0 0) v128.and v128.any_true",
        _ => "drop (i32.const 0)",
    };
}
