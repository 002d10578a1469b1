using System.Diagnostics;
using System.Text;

namespace TensorWasm.Sandbox.Tests;

/// <summary>Modules made to be slow, large or wrong: each ends in time, with an error or by running.</summary>
public sealed class HostileModuleTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_hundred_thousand_functions()
    {
        Isolated.Run(typeof(HostileModuleTests), mode =>
        {
            const int count = 100_000;
            var text = new StringBuilder("(module (type $t (func (param i32) (result i32))) (table funcref (elem");
            for (var i = 0; i < count; i++) text.Append($" {i}");
            text.Append("))\n");
            for (var i = 0; i < count; i++) text.Append($"(func (type $t) (i32.add (local.get 0) (i32.const {i})))\n");
            text.Append("(func (export \"f\") (param i32 i32) (result i32) (call_indirect (type $t) (local.get 1) (local.get 0))))");
            InTime(mode, text.ToString(), instance =>
            {
                foreach (var i in (int[])[0, 1, 4095, 4096, 65_535, 65_536, count - 1]) Assert.Equal(i + 7, instance.Call("f", i, 7));
            });
        });
    }

    [Fact]
    public void A_hundred_thousand_nested_blocks()
    {
        Isolated.Run(typeof(HostileModuleTests), mode =>
        {
            const int count = 100_000;
            foreach (var kind in (string[])["block", "loop", "if"])
            {
                var module = new HostileFunction();
                for (var i = 0; i < count; i++)
                {
                    if (kind == "if") module.Code([0x41, 1]);
                    module.Code([kind switch { "block" => 0x02, "loop" => 0x03, _ => 0x04 }, 0x40]);
                }
                for (var i = 0; i < count; i++) module.Code([0x0B]);
                InTime(mode, module.ToModule(), instance => Assert.Null(instance.Call("f")));
            }
        });
    }

    [Fact]
    public void Loops_nested_as_deep_as_optimisation_goes()
    {
        Isolated.Run(typeof(HostileModuleTests), mode =>
        {
            foreach (var count in (int[])[50, 200, 600])
            {
                var module = new HostileFunction();
                for (var i = 0; i < count; i++) module.Code([0x03, 0x40]);
                for (var i = 0; i < count; i++) module.Code([0x23, 0, 0x0D, 0, 0x0B]);
                InTime(mode, module.ToModule(), instance => Assert.Null(instance.Call("f")));
            }
        });
    }

    [Fact]
    public void Very_many_operands_at_once()
    {
        Isolated.Run(typeof(HostileModuleTests), mode =>
        {
            foreach (var code in (byte[][])[[0x41, 1], [0x23, 0]])
            {
                InTime(mode, ManyOperands(code, 20_000), instance => Assert.Null(instance.Call("f")));
                Assert.Throws<UnsupportedFeatureException>(() => InTime(mode, ManyOperands(code, 100_000), _ => { }));
            }
        });
    }

    [Fact]
    public void A_function_of_a_megabyte()
    {
        Isolated.Run(typeof(HostileModuleTests), mode =>
        {
            var module = new HostileFunction();
            for (var i = 0; i < 150_000; i++) module.Code([0x23, 0, 0x41, 1, 0x6A, 0x24, 0]);
            InTime(mode, module.ToModule(), instance => Assert.Null(instance.Call("f")));
        });
    }

    [Fact]
    public void Many_parameters_and_results()
    {
        Isolated.Run(typeof(HostileModuleTests), mode =>
        {
            foreach (var type in (string[])["i32", "i64", "f32", "f64", "v128", "externref"])
            {
                InTime(mode, ManyValues(type, 1000, 1), instance => Assert.Null(instance.Call("f")));
                InTime(mode, ManyValues(type, 60, 60), instance => Assert.Null(instance.Call("f")));
                InTime(mode, ManyValues(type, 1000, 1000), instance => Assert.Null(instance.Call("f")));
            }
        });
    }

    [Theory]
    [InlineData("a section's size beyond the end", new byte[] { 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData("a section's size of 6 bytes", new byte[] { 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0 })]
    [InlineData("a size with bits beyond 32", new byte[] { 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F })]
    [InlineData("4 billion types", new byte[] { 1, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData("4 billion functions", new byte[] { 3, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData("4 billion bodies", new byte[] { 10, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData("4 billion parameters", new byte[] { 1, 7, 1, 0x60, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData("4 billion locals", new byte[] { 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 10, 1, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x7F, 0x0B })]
    [InlineData("a body's size beyond the section", new byte[] { 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 3, 1, 0x7F, 0 })]
    [InlineData("a name's length beyond the end", new byte[] { 7, 5, 1, 0xFF, 0xFF, 0xFF, 0x07 })]
    [InlineData("a memory of 2^64 pages", new byte[] { 5, 12, 1, 4, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })]
    [InlineData("a branch table of 4 billion entries", new byte[] { 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 12, 1, 10, 0, 0x41, 0, 0x0E, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x0B })]
    public void Numbers_made_to_mislead(string what, byte[] sections)
    {
        var engine = Guests.Engine(BoundsChecks.Automatic);
        byte[] module = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, .. sections];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.ThrowsAny<WasmException>(() => engine.Compile(module));
        Assert.False(string.IsNullOrEmpty(error.Message), what);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 16 << 20, $"{what}: memory taken before the check");
    }

    private static string ManyValues(string type, int parameters, int results)
    {
        var text = new StringBuilder("(module (func $f");
        for (var i = 0; i < parameters; i++) text.Append($" (param {type})");
        for (var i = 0; i < results; i++) text.Append($" (result {type})");
        for (var i = results - 1; i >= 0; i--) text.Append($" (local.get {i})");
        text.Append(")\n(func (export \"f\")");
        for (var i = 0; i < parameters; i++)
        {
            text.Append(type switch
            {
                "v128" => "(v128.const i64x2 0 1)",
                "externref" => "(ref.null extern)",
                _ => $"({type}.const {i})",
            });
        }
        text.Append("(call $f)");
        for (var i = 0; i < results; i++) text.Append("(drop)");
        return text.Append("))").ToString();
    }

    /// <summary>The sum of as many operands, all pushed before the first addition; then as many dropped.</summary>
    private static byte[] ManyOperands(byte[] code, int count)
    {
        var module = new HostileFunction();
        for (var i = 0; i < count; i++) module.Code(code);
        for (var i = 1; i < count; i++) module.Code([0x6A]);
        module.Code([0x1A]);
        for (var i = 0; i < count; i++) module.Code(code);
        for (var i = 0; i < count; i++) module.Code([0x1A]);
        return module.ToModule();
    }

    private static void InTime(BoundsChecks mode, string text, Action<Instance> use) =>
        InTime(mode, Encoding.UTF8.GetBytes(text), use);

    private static void InTime(BoundsChecks mode, byte[] module, Action<Instance> use)
    {
        var engine = Guests.Engine(mode);

        // The engine's estimate of a large function's frame is cautious; with the default it would only trap.
        using var store = new Store(engine, new StoreLimits { MaxStackBytes = 256 << 20 });
        var start = Stopwatch.GetTimestamp();
        use(new Linker(engine).Instantiate(store, engine.Compile(module)));
        var time = Stopwatch.GetElapsedTime(start);
        Assert.True(time < Generous, $"took {time}");
    }
}
