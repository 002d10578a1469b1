namespace TensorWasm.Engine;

/// <summary>
/// Names that modules may import, and what stands behind them. Fill it once, then instantiate as often as wanted, from
/// one thread or many.
/// </summary>
/// <param name="engine">The engine whose modules it links.</param>
public sealed class Linker(WasmEngine engine)
{
    private readonly Dictionary<(string Module, string Name), IExternal> _items = [];

    /// <summary>The engine whose modules it links.</summary>
    public WasmEngine Engine { get; } = engine;

    /// <summary>Offers an item under a name; an earlier one of that name is replaced.</summary>
    public Linker Define(string module, string name, IExternal item)
    {
        _items[(module, name)] = item;
        return this;
    }

    /// <summary>
    /// Offers a host function. Its parameters and result are int, long, float, double, Vector128&lt;byte&gt;,
    /// <see cref="Function"/> or object (or a tuple, for several results); the first parameter may be a
    /// <see cref="Caller"/>. Calling it costs a delegate call. An exception that it throws passes through the guest.
    /// </summary>
    /// <exception cref="ArgumentException">A parameter or the result has no Wasm type.</exception>
    public Linker DefineFunction(string module, string name, Delegate callback) =>
        Define(module, name, HostThunk.CreateFunction(callback));

    /// <summary>Offers every export of an instance under a module name.</summary>
    public Linker DefineInstance(string module, Instance instance)
    {
        foreach (var export in instance.Module.Exports) Define(module, export.Name, instance.GetExport(export.Name)!);
        return this;
    }

    /// <summary>What is offered under a name, or null.</summary>
    public IExternal? Find(string module, string name) => _items.GetValueOrDefault((module, name));

    /// <summary>Makes an instance of a module and runs its start function.</summary>
    /// <exception cref="LinkException">An import is not offered, or what is offered does not match.</exception>
    /// <exception cref="LimitExceededException">The store does not allow what the module needs.</exception>
    /// <exception cref="TrapException">A segment is out of bounds, or the start function trapped.</exception>
    public Instance Instantiate(Store store, Module module)
    {
        var imports = module.Imports;
        var items = new IExternal[imports.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var import = imports[i];
            if (!_items.TryGetValue((import.Module, import.Name), out var item))
            {
                throw new LinkException("unknown import", import.Module, import.Name, "nothing is offered under that name");
            }
            if (Linking.Mismatch(module.Definition, import, item) is { } mismatch)
            {
                throw new LinkException("incompatible import type", import.Module, import.Name, mismatch);
            }
            if (Linking.StoreOf(item) is { } owner && owner != store)
            {
                throw new LinkException("incompatible import", import.Module, import.Name, "it belongs to another store");
            }
            items[i] = item;
        }
        return Instance.Create(store, module, items);
    }
}
