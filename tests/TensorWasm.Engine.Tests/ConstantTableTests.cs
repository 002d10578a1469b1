namespace TensorWasm.Engine.Tests;

/// <summary>
/// Indirect calls through tables that the compiler takes for constant, and through those that only look so. What must
/// happen is what the specification says of <c>call_indirect</c> (section 4.6.11) and of instantiation (section 4.7.5).
/// </summary>
public sealed class ConstantTableTests
{
    private const string Functions = """
        (type $wanted (func (param i32) (result i32)))
        (type $other (func (param i64) (result i32)))
        (func $double (type $wanted) (i32.mul (local.get 0) (i32.const 2)))
        (func $negate (type $wanted) (i32.sub (i32.const 0) (local.get 0)))
        (func $wide (type $other) (i32.const 9))
        (func (export "call") (param i32 i32) (result i32)
          (i32.add (i32.const 1000) (call_indirect (type $wanted) (local.get 1) (local.get 0))))
        (func (export "tail") (param i32 i32) (result i32)
          (return_call_indirect (type $wanted) (local.get 1) (local.get 0)))
        """;

    public static TheoryData<string, BoundsChecks> Exports => new()
    {
        { "call", BoundsChecks.Automatic }, { "call", BoundsChecks.Explicit },
        { "tail", BoundsChecks.Automatic }, { "tail", BoundsChecks.Explicit },
    };

    [Theory]
    [MemberData(nameof(Exports))]
    public void Each_element_is_called_or_traps(string export, BoundsChecks mode)
    {
        using var guest = Load("(table 6 funcref) (elem (i32.const 1) func $double $wide $negate)", mode);
        Returns(14, guest, export, 1);
        Returns(-7, guest, export, 3);
        Traps(TrapCode.IndirectCallToNull, guest, export, 0);
        Traps(TrapCode.BadSignature, guest, export, 2);
        Traps(TrapCode.IndirectCallToNull, guest, export, 5);
        Traps(TrapCode.UndefinedElement, guest, export, 6);
        Traps(TrapCode.UndefinedElement, guest, export, -1);
        Traps(TrapCode.UndefinedElement, guest, export, int.MinValue + 1);
    }

    [Theory]
    [MemberData(nameof(Exports))]
    public void Indices_of_64_bits_are_compared_whole(string export, BoundsChecks mode)
    {
        using var guest = Guest.Load(
            $$"""
            (module
              (type $wanted (func (param i32) (result i32)))
              (table i64 2 funcref)
              (elem (i64.const 1) func $double)
              (func $double (type $wanted) (i32.mul (local.get 0) (i32.const 2)))
              (func (export "call") (param i64 i32) (result i32) (call_indirect (type $wanted) (local.get 1) (local.get 0)))
              (func (export "tail") (param i64 i32) (result i32) (return_call_indirect (type $wanted) (local.get 1) (local.get 0))))
            """, new EngineOptions { BoundsChecks = mode });
        Assert.Equal(14, guest.Call(export, 1L, 7));
        var trap = Assert.Throws<TrapException>(() => guest.Call(export, 0x1_0000_0001L, 7));
        Assert.Equal(TrapCode.UndefinedElement, trap.Code);
    }

    /// <summary>Arguments that come from a block have never been on the stack of the code that is made.</summary>
    [Fact]
    public void Many_arguments_reach_the_callee()
    {
        var values = string.Join(' ', Enumerable.Range(1, 30).Select(value => $"(i32.const {value})"));
        var types = string.Join(' ', Enumerable.Repeat("i32", 30));
        using var guest = Guest.Load($"""
            (module
              (type $many (func (param {types}) (result i32)))
              (table 1 funcref)
              (elem (i32.const 0) func $last)
              (func $last (type $many) (i32.sub (local.get 29) (local.get 0)))
              (func (export "call") (result i32) (block (result {types}) {values}) (call_indirect (type $many) (i32.const 0)))
              (func (export "tail") (result i32) (block (result {types}) {values}) (return_call_indirect (type $many) (i32.const 0))))
            """);
        Assert.Equal(29, guest.Call("call"));
        Assert.Equal(29, guest.Call("tail"));
    }

    [Theory]
    [InlineData("(elem (i32.const 1) func $double) (elem (i32.const 1) func $negate)", -7)]
    [InlineData("(elem (i32.const 0) func $double $negate) (elem (i32.const 1) func $double)", 14)]
    [InlineData("(elem (i32.const 1) funcref (ref.func $double)) (elem declare func $negate)", 14)]
    [InlineData("(elem func $negate) (elem (i32.const 1) func $double)", 14)]
    [InlineData("(global $one i32 (i32.const 1)) (elem (i32.const 1) func $negate) (elem (global.get $one) func $double)", 14)]
    [InlineData("(elem (offset (i32.add (i32.const 3) (i32.const -2))) func $double)", 14)]
    [InlineData("(global $f funcref (ref.func $negate)) (elem (i32.const 1) funcref (global.get $f))", -7)]
    public void The_last_segment_wins(string segments, int expected)
    {
        foreach (var export in (string[])["call", "tail"])
        {
            using var guest = Load("(table 4 funcref) " + segments, BoundsChecks.Automatic);
            Returns(expected, guest, export, 1);
            Traps(TrapCode.IndirectCallToNull, guest, export, 3);
        }
    }

    [Fact]
    public void A_null_element_takes_a_function_away()
    {
        using var guest = Load("(table 4 funcref) (elem (i32.const 1) func $double) (elem (i32.const 1) funcref (ref.null func))", BoundsChecks.Automatic);
        Traps(TrapCode.IndirectCallToNull, guest, "call", 1);
    }

    [Fact]
    public void A_table_with_an_initial_element_holds_it_everywhere()
    {
        using var guest = Load("(table 4 funcref (ref.func $negate)) (elem (i32.const 1) func $double)", BoundsChecks.Automatic);
        Returns(14, guest, "call", 1);
        Returns(-7, guest, "call", 2);
    }

    [Theory]
    [InlineData("(func (export \"change\") (table.set (i32.const 1) (ref.func $negate)))")]
    [InlineData("(func (export \"change\") (table.fill (i32.const 1) (ref.func $negate) (i32.const 1)))")]
    [InlineData("(func (export \"change\") (table.copy $t $t (i32.const 1) (i32.const 2) (i32.const 1)))")]
    [InlineData("(table $u 4 funcref) (elem (table $u) (i32.const 0) func $negate) (func (export \"change\") (table.copy $t $u (i32.const 1) (i32.const 0) (i32.const 1)))")]
    [InlineData("(elem $e func $negate) (func (export \"change\") (table.init $t $e (i32.const 1) (i32.const 0) (i32.const 1)))")]
    public void A_table_that_is_written_is_read(string change)
    {
        using var guest = Load("(table $t 4 funcref) (elem (table $t) (i32.const 1) func $double $negate) " + change, BoundsChecks.Automatic);
        Returns(14, guest, "call", 1);
        guest.Call("change");
        Returns(-7, guest, "call", 1);
    }

    [Fact]
    public void A_table_that_grows_is_read()
    {
        using var guest = Load(
            "(table $t 2 funcref) (elem (i32.const 1) func $double) (elem declare func $negate) (func (export \"grow\") (drop (table.grow $t (ref.func $negate) (i32.const 3))))",
            BoundsChecks.Automatic);
        Traps(TrapCode.UndefinedElement, guest, "call", 4);
        guest.Call("grow");
        Returns(-7, guest, "call", 4);
    }

    [Fact]
    public void An_exported_table_is_the_hosts_to_change()
    {
        using var guest = Load("(table (export \"t\") 4 funcref) (elem (i32.const 1) func $double $negate)", BoundsChecks.Automatic);
        Returns(14, guest, "call", 1);
        var table = guest.Instance.GetTable("t")!;
        table[1] = table[2];
        Returns(-7, guest, "call", 1);
    }

    [Fact]
    public void An_imported_function_in_the_table_is_called()
    {
        using var guest = Guest.Load(
            $"(module (import \"host\" \"f\" (func $host (param i32) (result i32))) {Functions} (table 4 funcref) (elem (i32.const 0) func $double $host))",
            define: linker => linker.DefineFunction("host", "f", (int value) => value + 100));
        Returns(14, guest, "call", 0);
        Returns(107, guest, "call", 1);
    }

    /// <summary>
    /// An instance whose instantiation failed lives on where its functions were put before: its own table is then filled
    /// only up to the segment that did not fit.
    /// </summary>
    [Theory]
    [InlineData("(elem (table $own) (i32.const 9) func $double)")]
    [InlineData("(elem (table $shared) (i32.const 9) func $double)")]
    public void Segments_behind_one_that_does_not_fit_are_not_applied(string failing)
    {
        var engine = new WasmEngine();
        using var store = new Store(engine);
        var linker = new Linker(engine);
        var first = linker.Instantiate(store, engine.Compile(
            """
            (module (table (export "shared") 2 funcref)
              (func (export "call") (param i32) (result i32) (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))))
            """u8.ToArray()));
        linker.DefineInstance("first", first);
        var second = engine.Compile(System.Text.Encoding.UTF8.GetBytes($"""
            (module
              (import "first" "shared" (table $shared 2 funcref))
              (table $own 2 funcref)
              (func $double (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
              (func $through (param i32) (result i32) (call_indirect $own (param i32) (result i32) (local.get 0) (i32.const 1)))
              (elem (table $shared) (i32.const 0) func $through)
              {failing}
              (elem (table $own) (i32.const 1) func $double))
            """));
        Assert.Throws<TrapException>(() => linker.Instantiate(store, second));
        var trap = Assert.Throws<TrapException>(() => first.GetFunction("call")!.Invoke(7));
        Assert.Equal(TrapCode.IndirectCallToNull, trap.Code);
    }

    [Fact]
    public void A_subtype_in_the_table_is_called()
    {
        using var guest = Guest.Load("""
            (module
              (type $super (sub (func (param i32) (result funcref))))
              (type $sub (sub $super (func (param i32) (result (ref null $super)))))
              (table 3 funcref)
              (elem (i32.const 0) func $f $g)
              (func $f (type $sub) (ref.null $super))
              (func $g (param i32) (result i32) (i32.const 1))
              (func (export "call") (param i32) (result i32) (ref.is_null (call_indirect (type $super) (i32.const 7) (local.get 0))))
              (func (export "strict") (param i32) (result i32) (ref.is_null (call_indirect (type $sub) (i32.const 7) (local.get 0)))))
            """);
        Assert.Equal(1, guest.Call("call", 0));
        Assert.Equal(1, guest.Call("strict", 0));
        var trap = Assert.Throws<TrapException>(() => guest.Call("call", 1));
        Assert.Equal(TrapCode.BadSignature, trap.Code);
    }

    private static Guest Load(string table, BoundsChecks mode) =>
        Guest.Load($"(module {Functions} {table})", new EngineOptions { BoundsChecks = mode });

    private static void Returns(int expected, Guest guest, string export, int element) =>
        Assert.Equal(export == "call" ? expected + 1000 : expected, guest.Call(export, element, 7));

    private static void Traps(TrapCode expected, Guest guest, string export, int element)
    {
        var trap = Assert.Throws<TrapException>(() => guest.Call(export, element, 7));
        Assert.Equal(expected, trap.Code);
    }
}
