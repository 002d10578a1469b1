using System.Text;

namespace TensorWasm.Engine.Tests;

/// <summary>An instance of a module in the text format, in a store of its own.</summary>
internal sealed class Guest : IDisposable
{
    private Guest(Store store, Instance instance)
    {
        Store = store;
        Instance = instance;
    }

    internal Store Store { get; }

    internal Instance Instance { get; }

    public void Dispose() => Store.Dispose();

    internal static Guest Load(
        string source, EngineOptions? options = null, StoreLimits? limits = null, Action<Linker>? define = null)
    {
        var engine = new WasmEngine(options);
        var linker = new Linker(engine);
        define?.Invoke(linker);
        var store = new Store(engine, limits);
        return new Guest(store, linker.Instantiate(store, engine.Compile(Encoding.UTF8.GetBytes(source))));
    }

    internal object? Call(string export, params object?[] arguments) => Instance.GetFunction(export)!.Invoke(arguments);
}
