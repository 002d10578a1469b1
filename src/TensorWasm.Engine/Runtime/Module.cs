using System.Reflection;
using TensorWasm.Engine.Compilation;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>
/// A compiled module. Its code is shared by all instances and unloads when neither the module nor an instance is in use.
/// </summary>
public sealed class Module
{
    private readonly System.Reflection.Module _code;
    private readonly Type _contextType;
    private readonly nint[] _entryPoints;
    private readonly Lazy<MemoryImages> _images;
    private Dictionary<string, Export>? _exportsByName;

    internal Module(WasmEngine engine, WasmModule definition, CompiledAssembly compiled)
        : this(
            engine,
            definition,
            new GuestLoadContext(engine.Options.UnloadsCode).LoadFromStream(new MemoryStream(compiled.Image)))
    {
        ImageSize = compiled.Image.Length;
        FunctionsOverJitLimits = compiled.OverJitLimits;
    }

    /// <summary>A module whose code comes from the cache.</summary>
    internal Module(WasmEngine engine, WasmModule definition, Assembly code)
    {
        Engine = engine;
        Definition = definition;
        _code = code.ManifestModule;
        _contextType = code.GetType(ModuleCompiler.ContextTypeName, throwOnError: true)!;
        _entryPoints = new nint[definition.Bodies.Count];
        _images = new Lazy<MemoryImages>(() => new MemoryImages(definition));
        Backtrace.Register(code, this);
    }

    /// <summary>The module as it was read.</summary>
    public WasmModule Definition { get; }

    /// <summary>The module's name in its name section, or null.</summary>
    public string? Name => Definition.Names.Module;

    /// <summary>What it imports.</summary>
    public IReadOnlyList<Import> Imports => Definition.Imports;

    /// <summary>What it exports.</summary>
    public IReadOnlyList<Export> Exports => Definition.Exports;

    /// <summary>Made when it is first asked for; all instances share it.</summary>
    internal Dictionary<string, Export> ExportsByName =>
        _exportsByName ??= Exports.ToDictionary(export => export.Name, StringComparer.Ordinal);

    /// <summary>
    /// Bytes of its intermediate code and metadata, which stay in memory with it; 0 where its code comes from the cache. The
    /// runtime does not tell how many bytes of machine code it makes of that, function by function when first called.
    /// </summary>
    public int ImageSize { get; }

    /// <summary>How many of its functions are too large for RyuJIT to optimise; 0 where its code comes from the cache.</summary>
    public int FunctionsOverJitLimits { get; }

    /// <summary>Whether its code comes from <see cref="EngineOptions.CodeCache"/>.</summary>
    public bool IsFromCache { get; internal init; }

    /// <summary>How long making it took.</summary>
    public ModuleTimes Times { get; internal set; }

    internal WasmEngine Engine { get; }

    /// <summary>Initial content of its memories, shared by its instances.</summary>
    internal MemoryImages Images => _images.Value;

    internal InstanceContext CreateContext() => (InstanceContext)Activator.CreateInstance(_contextType)!;

    /// <summary>Where the code of a defined function begins. The method is compiled when it is first called.</summary>
    internal nint EntryPoint(int definedIndex)
    {
        ref var entry = ref _entryPoints[definedIndex];
        if (entry == 0)
        {
            entry = _code.ModuleHandle.GetRuntimeMethodHandleFromMetadataToken(0x06000001 + definedIndex).GetFunctionPointer();
        }
        return entry;
    }

    internal string? NameOf(int function)
    {
        if (Definition.Names.Functions.TryGetValue(function, out var name)) return name;
        foreach (var export in Definition.Exports)
        {
            if (export.Kind == ExternalKind.Function && export.Index == function) return export.Name;
        }
        return null;
    }
}
