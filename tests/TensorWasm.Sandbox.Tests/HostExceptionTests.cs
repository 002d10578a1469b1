using System.Runtime.CompilerServices;

namespace TensorWasm.Sandbox.Tests;

/// <summary>
/// Exceptions of host functions pass through guests as they are, and are never taken for traps. The
/// guest does something after each call, since a call that is a function's last act may leave no frame.
/// </summary>
public sealed class HostExceptionTests
{
    private const string Text = """
        (module (import "host" "f" (func $f)) (memory 1)
          (func $inner (call $f)) (func $middle (call $inner) (i32.store (i32.const 0) (i32.const 1)))
          (func (export "run") (call $middle) (i32.store (i32.const 0) (i32.const 1)))
          (func (export "ok") (result i32) (i32.const 42)))
        """;

    public static TheoryData<BoundsChecks, string> Cases()
    {
        var data = new TheoryData<BoundsChecks, string>();
        foreach (var mode in Guests.Modes)
        {
            foreach (var name in (string[])["null", "divide", "overflow", "index", "custom", "cancelled"]) data.Add(mode, name);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_pass_through_unharmed(BoundsChecks mode, string kind)
    {
        var engine = Guests.Engine(mode);
        using var store = new Store(engine);
        Exception? thrown = null;
        var linker = new Linker(engine).DefineFunction("host", "f", () =>
        {
            try
            {
                Fail(kind);
            }
            catch (Exception e) when (Note(e))
            {
                throw;
            }
        });
        bool Note(Exception e)
        {
            thrown = e;
            return false;
        }
        var instance = Guests.Instantiate(store, Text, linker);
        for (var i = 0; i < 3; i++)
        {
            var caught = Record.Exception(() => instance.Call("run"));
            Assert.NotNull(caught);
            Assert.IsNotType<TrapException>(caught);
            Assert.Same(thrown, caught);
            Assert.Contains(nameof(Fail), caught.StackTrace, StringComparison.Ordinal);

            // .NET leaves out frames of methods that it is asked to inline, as small functions are; exported ones are not.
            Assert.True(caught.StackTrace!.Contains("function[3]", StringComparison.Ordinal), caught.StackTrace);
            Assert.Equal(42, instance.Call("ok"));
        }
    }

    [Theory]
    [InlineData(BoundsChecks.Automatic)]
    [InlineData(BoundsChecks.Explicit)]
    public void A_trap_of_an_inner_guest_passes_through_host_and_outer_guest(BoundsChecks mode)
    {
        var engine = Guests.Engine(mode);
        using var outer = new Store(engine);
        using var inner = new Store(engine);
        var trapping = Guests.Instantiate(inner, "(module (memory 1) (func (export \"run\") (drop (i32.load (i32.const -1)))))");
        var linker = new Linker(engine).DefineFunction("host", "f", () => { trapping.Call("run"); });
        var instance = Guests.Instantiate(outer, Text, linker);
        Guests.AssertTraps(TrapCode.MemoryOutOfBounds, () => instance.Call("run"));
        Assert.Equal(42, instance.Call("ok"));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fail(string kind)
    {
        string? nothing = null;
        var zero = kind.Length - kind.Length;
        switch (kind)
        {
            case "null":
                _ = nothing!.Length;
                break;
            case "divide":
                _ = 1 / zero;
                break;
            case "overflow":
                _ = checked(int.MaxValue + (zero + 1));
                break;
            case "index":
                _ = Array.Empty<int>()[zero];
                break;
            case "cancelled":
                throw new OperationCanceledException();
            default:
                throw new FormatException("custom");
        }
    }
}
