using System.Text;

namespace TensorWasm.Sandbox.Tests;

/// <summary>Engines in each mode, and instances from text.</summary>
internal static class Guests
{
    /// <summary>What every test holds for.</summary>
    internal static readonly BoundsChecks[] Modes = [BoundsChecks.Automatic, BoundsChecks.Explicit];

    internal static WasmEngine Engine(BoundsChecks mode, bool countsFuel = false) =>
        new(new EngineOptions { BoundsChecks = mode, CountFuel = countsFuel });

    internal static Module Compile(WasmEngine engine, string text) => engine.Compile(Encoding.UTF8.GetBytes(text));

    internal static Instance Instantiate(Store store, string text, Linker? linker = null) =>
        (linker ?? new Linker(store.Engine)).Instantiate(store, Compile(store.Engine, text));

    internal static object? Call(this Instance instance, string name, params object?[] arguments) =>
        instance.GetFunction(name)!.Invoke(arguments);

    internal static TrapException AssertTraps(TrapCode code, Action action)
    {
        var trap = Assert.Throws<TrapException>(action);
        Assert.Equal(code, trap.Code);
        return trap;
    }
}
