using TensorWasm.Engine;
using TensorWasm.Host;
using TensorWasm.Wasm;

namespace TensorWasm.Runtime;

/// <summary>
/// A module that is ready for instances: its code, and a linker with what it imports. All tenants share it.
/// </summary>
public sealed class CompiledModule
{
    private readonly Dictionary<string, (FunctionType Type, ExportTime Time)> _functions = new(StringComparer.Ordinal);
    private readonly List<string> _memories = [];

    internal CompiledModule(Digest digest, Module module, Linker linker, long moduleBytes)
    {
        Digest = digest;
        Module = module;
        Linker = linker;
        // Native code takes about twice the room of the intermediate code that it is made of; the definition keeps the
        // module's own bytes.
        CodeBytes = moduleBytes + (3L * module.ImageSize);
        var definition = module.Definition;
        foreach (var export in module.Exports)
        {
            if (export.Kind == ExternalKind.Function)
            {
                _functions[export.Name] = (definition.FunctionTypeOf(export.Index), new ExportTime());
            }
            if (export.Kind == ExternalKind.Memory) _memories.Add(export.Name);
        }
        MemoryCount = Math.Max(1, definition.Memories.Count - definition.ImportedMemories);
        TableCount = Math.Max(1, definition.Tables.Count - definition.ImportedTables);
        UsesDevice = HostLinker.UsesDevice(module);
    }

    /// <summary>The digest of the module's bytes.</summary>
    public Digest Digest { get; }

    /// <summary>The module.</summary>
    public Module Module { get; }

    /// <summary>Links the module; a guest's own state is found through its store's data.</summary>
    public Linker Linker { get; }

    /// <summary>Bytes that it takes, about: the module and its code.</summary>
    public long CodeBytes { get; }

    /// <summary>Memories that an instance makes; at least 1.</summary>
    internal int MemoryCount { get; }

    /// <summary>Tables that an instance makes; at least 1.</summary>
    internal int TableCount { get; }

    /// <summary>Whether it imports what needs a device.</summary>
    internal bool UsesDevice { get; }

    /// <summary>Bytes of an instance's exported memories; others are seldom, and can't be asked.</summary>
    internal long MeasureMemory(Instance instance)
    {
        var bytes = 0L;
        foreach (var name in _memories) bytes += (long)instance.GetMemory(name)!.ByteLength;
        return bytes;
    }

    /// <summary>The type of an exported function; null if there is none of that name.</summary>
    internal FunctionType? FindFunction(string name) => _functions.GetValueOrDefault(name).Type;

    /// <summary>Names of exported functions, the first few, for messages.</summary>
    internal string DescribeFunctions()
    {
        const int most = 10;
        if (_functions.Count == 0) return "It exports no functions.";
        var names = _functions.Keys.Take(most).Select(static name => name.Length <= 100 ? name : name[..100] + "…");
        var rest = _functions.Count > most ? $" and {_functions.Count - most} more" : "";
        return $"It exports {string.Join(", ", names)}{rest}.";
    }

    /// <summary>The times of an exported function.</summary>
    internal ExportTime TimeOf(string name) => _functions[name].Time;
}
