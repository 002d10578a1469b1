using System.Text;
using ValueType = TensorWasm.Wasm.ValueType;

namespace TensorWasm.Sandbox.Tests;

/// <summary>Misused references, tables and indirect calls.</summary>
public sealed class ReferenceTests
{
    private const string Text = """
        (module
          (type $open (sub (func (result i32))))
          (type $closed (sub final $open (func (result i32))))
          (type $other (func (param i32) (result i32)))
          (type $final (func (result i64)))
          (table $t 6 funcref)
          (table $big i64 4 funcref)
          (elem (table $t) (i32.const 0) func $o $c $x $l)
          (elem $passive func $o $c)
          (func $o (type $open) (i32.const 1))
          (func $c (type $closed) (i32.const 2))
          (func $x (type $other) (i32.const 3))
          (func $l (type $final) (i64.const 4))
          (func (export "open") (param i32) (result i32) (call_indirect $t (type $open) (local.get 0)))
          (func (export "closed") (param i32) (result i32) (call_indirect $t (type $closed) (local.get 0)))
          (func (export "final") (param i32) (result i64) (call_indirect $t (type $final) (local.get 0)))
          (func (export "tail") (param i32) (result i32) (return_call_indirect $t (type $closed) (local.get 0)))
          (func (export "wide") (param i64) (result i32) (call_indirect $big (type $open) (local.get 0)))
          (func (export "null") (result i32) (call_ref $open (ref.null $open)))
          (func (export "nullTail") (result i32) (return_call_ref $open (ref.null $open)))
          (func (export "asNonNull") (param funcref) (drop (ref.as_non_null (local.get 0))))
          (func (export "get") (param i32) (drop (table.get $t (local.get 0))))
          (func (export "set") (param i32) (table.set $t (local.get 0) (ref.func $o)))
          (func (export "fill") (param i32 i32) (table.fill $t (local.get 0) (ref.func $o) (local.get 1)))
          (func (export "copy") (param i32 i32 i32) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
          (func (export "init") (param i32 i32 i32) (table.init $t $passive (local.get 0) (local.get 1) (local.get 2)))
          (func (export "grow") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0))))
        """;

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void Indirect_calls_check_index_null_and_type(BoundsChecks mode)
    {
        var engine = Guests.Engine(mode);
        using var bystander = new Bystander(engine);
        using var store = new Store(engine);
        var instance = Guests.Instantiate(store, Text);
        Assert.Equal(1, instance.Call("open", 0));
        Assert.Equal(2, instance.Call("open", 1));
        Assert.Equal(2, instance.Call("closed", 1));
        Assert.Equal(4L, instance.Call("final", 3));
        foreach (var name in (string[])["open", "closed", "tail", "final"])
        {
            Guests.AssertTraps(TrapCode.BadSignature, () => instance.Call(name, 2));
            Guests.AssertTraps(TrapCode.IndirectCallToNull, () => instance.Call(name, 5));
            foreach (var index in (int[])[6, 7, int.MaxValue, int.MinValue, -1])
            {
                Guests.AssertTraps(TrapCode.UndefinedElement, () => instance.Call(name, index));
            }
        }
        Guests.AssertTraps(TrapCode.BadSignature, () => instance.Call("closed", 0));
        foreach (var index in (long[])[4, 1L << 32, (1L << 32) + 1, long.MinValue, -1])
        {
            Guests.AssertTraps(TrapCode.UndefinedElement, () => instance.Call("wide", index));
        }
        Guests.AssertTraps(TrapCode.NullFunctionReference, () => instance.Call("null"));
        Guests.AssertTraps(TrapCode.NullFunctionReference, () => instance.Call("nullTail"));
        Guests.AssertTraps(TrapCode.NullReference, () => instance.Call("asNonNull", [null]));
    }

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void Table_instructions_check_their_ranges(BoundsChecks mode)
    {
        using var store = new Store(Guests.Engine(mode));
        var instance = Guests.Instantiate(store, Text);
        foreach (var index in (int[])[6, int.MaxValue, int.MinValue, -1])
        {
            Guests.AssertTraps(TrapCode.TableOutOfBounds, () => instance.Call("get", index));
            Guests.AssertTraps(TrapCode.TableOutOfBounds, () => instance.Call("set", index));
        }
        foreach (var (start, count) in ((int, int)[])[(0, 7), (6, 1), (7, 0), (-1, 1), (1, -1), (-1, -1)])
        {
            Guests.AssertTraps(TrapCode.TableOutOfBounds, () => instance.Call("fill", start, count));
            Guests.AssertTraps(TrapCode.TableOutOfBounds, () => instance.Call("copy", start, 0, count));
            Guests.AssertTraps(TrapCode.TableOutOfBounds, () => instance.Call("copy", 0, start, count));
            Guests.AssertTraps(TrapCode.TableOutOfBounds, () => instance.Call("init", start, 0, count));
        }
        Guests.AssertTraps(TrapCode.TableOutOfBounds, () => instance.Call("init", 0, 1, 2));
        Guests.AssertTraps(TrapCode.IndirectCallToNull, () => instance.Call("open", 5));
    }

    [Fact]
    public void What_belongs_to_another_store_can_not_be_imported()
    {
        var engine = Guests.Engine(BoundsChecks.Automatic);
        using var first = new Store(engine);
        using var second = new Store(engine);
        var other = Guests.Instantiate(
            first, "(module (func (export \"f\")) (memory (export \"m\") 1) (table (export \"t\") 1 funcref))");
        foreach (var import in (string[])["\"f\" (func)", "\"m\" (memory 1)", "\"t\" (table 1 funcref)"])
        {
            var linker = new Linker(engine).DefineInstance("other", other);
            var error = Assert.Throws<LinkException>(
                () => Guests.Instantiate(second, $"(module (import \"other\" {import}))", linker));
            Assert.Contains("another store", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_function_of_another_store_can_not_be_passed_in()
    {
        const string text = """
            (module
              (type $v (func))
              (import "host" "get" (func $get (result funcref)))
              (import "host" "pair" (func $pair (result i32 funcref)))
              (global (export "g") (mut funcref) (ref.null func))
              (table (export "t") 1 4 funcref)
              (func (export "f"))
              (func (export "take") (param funcref))
              (func (export "takeTyped") (param (ref null $v)))
              (func (export "get") (drop (call $get)))
              (func (export "pair") (call $pair) drop drop))
            """;
        var engine = Guests.Engine(BoundsChecks.Automatic);
        using var first = new Store(engine);
        using var second = new Store(engine);
        Function? offered = null;
        var linker = new Linker(engine)
            .DefineFunction("host", "get", () => offered)
            .DefineFunction("host", "pair", () => (1, offered));
        var foreign = Guests.Instantiate(first, text, linker).GetFunction("f")!;
        var instance = Guests.Instantiate(second, text, linker);
        var own = instance.GetFunction("f")!;
        var take = instance.GetFunction("take")!.CreateDelegate<Action<object?>>();
        var takeTyped = instance.GetFunction("takeTyped")!.CreateDelegate<Action<object?>>();
        var table = instance.GetTable("t")!;
        var global = instance.GetGlobal("g")!;
        var ways = new Action<Function>[]
        {
            f => instance.Call("take", f),
            f => instance.Call("takeTyped", f),
            f => take(f),
            f => takeTyped(f),
            f => table[0] = f,
            f => table.Grow(1, f),
            f => global.Value = f,
            f =>
            {
                offered = f;
                instance.Call("get");
            },
            f =>
            {
                offered = f;
                instance.Call("pair");
            },
        };
        foreach (var way in ways)
        {
            way(own);
            Assert.Contains("another store", Assert.Throws<ArgumentException>(() => way(foreign)).Message, StringComparison.Ordinal);
        }
        Assert.Throws<ArgumentException>(() => takeTyped("no function"));
        take(null);
    }

    [Fact]
    public void A_table_or_global_of_functions_belongs_to_one_store()
    {
        const string text = """
            (module (import "host" "t" (table 1 funcref)) (import "host" "g" (global (mut funcref)))
              (func (export "f")))
            """;
        var engine = Guests.Engine(BoundsChecks.Automatic);
        using var first = new Store(engine);
        using var second = new Store(engine);
        var table = new Table(new TableType(ValueType.FuncRef, new Limits(1, null, false)));
        var global = new Global(new GlobalType(ValueType.FuncRef, true), null);
        var linker = new Linker(engine).Define("host", "t", table).Define("host", "g", global);
        var foreign = Guests.Instantiate(first, text, linker).GetFunction("f")!;
        Guests.Instantiate(first, text, linker);
        Assert.Contains(
            "another store", Assert.Throws<LinkException>(() => Guests.Instantiate(second, text, linker)).Message, StringComparison.Ordinal);

        // One that only holds a function belongs to that function's store.
        var held = new Global(new GlobalType(ValueType.FuncRef, true), foreign);
        linker.Define("host", "t", new Table(new TableType(ValueType.FuncRef, new Limits(1, null, false)))).Define("host", "g", held);
        Assert.Throws<LinkException>(() => Guests.Instantiate(second, text, linker));
    }

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void A_branch_table_of_as_many_entries_as_there_may_be(BoundsChecks mode)
    {
        const int count = 65_000;
        var text = new StringBuilder("(module (func (export \"f\") (param i32) (result i32) (block $a (block $b (local.get 0) (br_table ");
        for (var i = 0; i < count; i++) text.Append(i % 3 == 0 ? "$a " : "$b ");
        text.Append("$a)) (return (i32.const 1))) (i32.const 0)))");
        using var store = new Store(Guests.Engine(mode));
        var f = Guests.Instantiate(store, text.ToString()).GetFunction("f")!.CreateDelegate<Func<int, int>>();
        foreach (var index in (int[])[0, 1, 2, 3, count - 2, count - 1, count, int.MaxValue, -1, int.MinValue])
        {
            var isB = index >= 0 && index < count && index % 3 != 0;
            Assert.Equal(isB ? 1 : 0, f(index));
        }
    }
}
