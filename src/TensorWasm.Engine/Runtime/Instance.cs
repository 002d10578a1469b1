using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>An instantiated module (specification, section 4.7.5), made by a <see cref="Linker"/>.</summary>
public sealed class Instance
{
    private readonly Function?[] _functions;
    private readonly Memory[] _memories;
    private readonly Table[] _tables;
    private readonly Global[] _globals;
    private readonly Tag[] _tags;
    private readonly bool[] _droppedData;
    private readonly object?[]?[] _elements;

    private Instance(Store store, Module module, IReadOnlyList<IExternal> imports)
    {
        var definition = module.Definition;
        Store = store;
        Module = module;
        Context = module.CreateContext();
        Context.Instance = this;

        _functions = new Function?[definition.Functions.Count];
        _memories = new Memory[definition.Memories.Count];
        _tables = new Table[definition.Tables.Count];
        _globals = new Global[definition.Globals.Count];
        _tags = new Tag[definition.Tags.Count];
        _droppedData = new bool[definition.Data.Count];
        _elements = new object?[definition.Elements.Count][];
        for (var i = 0; i < imports.Count; i++) Place(definition.Imports[i], imports[i]);
        CreateDefinitions();
        Bind();
        store.Adopt(this);
    }

    /// <summary>The store that it lives in.</summary>
    public Store Store { get; }

    /// <summary>The module that it was made from.</summary>
    public Module Module { get; }

    /// <summary>The exported memory named "memory", which host interfaces work on; null if there is none.</summary>
    public Memory? DefaultMemory => _defaultMemory ??= GetMemory("memory");

    private Memory? _defaultMemory;

    internal InstanceContext Context { get; }

    /// <summary>The exported function of that name, or null.</summary>
    public Function? GetFunction(string name) => GetExport(name) as Function;

    /// <summary>The exported memory of that name, or null.</summary>
    public Memory? GetMemory(string name) => GetExport(name) as Memory;

    /// <summary>The exported table of that name, or null.</summary>
    public Table? GetTable(string name) => GetExport(name) as Table;

    /// <summary>The exported global of that name, or null.</summary>
    public Global? GetGlobal(string name) => GetExport(name) as Global;

    /// <summary>The export of that name, or null.</summary>
    public IExternal? GetExport(string name) =>
        Module.ExportsByName.TryGetValue(name, out var export) ? GetExport(export) : null;

    /// <summary>Makes an instance: allocates, copies active segments, and runs the start function.</summary>
    internal static Instance Create(Store store, Module module, IReadOnlyList<IExternal> imports)
    {
        var instance = new Instance(store, module, imports);
        instance.CopyActiveElements();
        instance.CopyActiveData();
        if (module.Definition.Start is { } start) instance.FunctionAt(start).Invoke();
        return instance;
    }

    internal Function FunctionAt(int index)
    {
        if (Volatile.Read(ref _functions[index]) is { } function) return function;
        var definition = Module.Definition;
        function = new Function(
            Module.EntryPoint(index - definition.ImportedFunctions),
            Context, definition.DefinedTypes[definition.Functions[index]], this, index);
        return Interlocked.CompareExchange(ref _functions[index], function, null) ?? function;
    }

    internal Global GlobalAt(int index) => _globals[index];

    internal ReadOnlyMemory<byte> DataOf(int segment) =>
        _droppedData[segment] ? default : Module.Definition.Data[segment].Bytes;

    internal void DropData(int segment) => _droppedData[segment] = true;

    /// <summary>The elements of a segment; they are evaluated at instantiation, since globals may change later.</summary>
    internal ReadOnlySpan<object?> ElementsOf(int segment) => _elements[segment];

    internal void DropElements(int segment) => _elements[segment] = null;

    private IExternal GetExport(Export export) => export.Kind switch
    {
        ExternalKind.Function => FunctionAt(export.Index),
        ExternalKind.Table => _tables[export.Index],
        ExternalKind.Memory => _memories[export.Index],
        ExternalKind.Global => _globals[export.Index],
        _ => _tags[export.Index],
    };

    private void Place(Import import, IExternal item)
    {
        switch (item)
        {
            case Function function:
                _functions[import.Index] = HostThunk.BindTo(function, this);
                break;
            case Memory memory:
                _memories[import.Index] = memory;
                break;
            case Table table:
                table.BindTo(Store);
                _tables[import.Index] = table;
                break;
            case Global global:
                global.BindTo(Store);
                _globals[import.Index] = global;
                break;
            default:
                _tags[import.Index] = (Tag)item;
                break;
        }
    }

    private void CreateDefinitions()
    {
        var definition = Module.Definition;
        var types = definition.DefinedTypes;
        for (var i = definition.ImportedTags; i < _tags.Length; i++) _tags[i] = new Tag(types[definition.Tags[i]]);
        for (var i = definition.ImportedMemories; i < _memories.Length; i++)
        {
            _memories[i] = new Memory(Store, definition.Memories[i], Module.Images[i]);
        }
        for (var i = definition.ImportedGlobals; i < _globals.Length; i++)
        {
            var type = definition.Globals[i];
            _globals[i] = new Global(type, Linking.Resolve(type.Type, types), Store);
            _globals[i].Store(ConstantEvaluator.Evaluate(
                definition.GlobalInitializers[i - definition.ImportedGlobals], this));
        }
        for (var i = definition.ImportedTables; i < _tables.Length; i++)
        {
            var type = definition.Tables[i];
            var initial = definition.TableInitializers[i - definition.ImportedTables] is { } expression
                ? ConstantEvaluator.Evaluate(expression, this)
                : null;
            _tables[i] = new Table(type, Linking.Resolve(type.Element, types), initial, Store);
            Store.Adopt(_tables[i]);
        }
        for (var i = 0; i < _elements.Length; i++) _elements[i] = EvaluateElements(definition.Elements[i]);
    }

    private object?[] EvaluateElements(ElementSegment segment)
    {
        var result = new object?[segment.Count];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = segment.Functions is { } functions
                ? FunctionAt(functions[i])
                : ConstantEvaluator.Evaluate(segment.Expressions![i], this);
        }
        return result;
    }

    private void Bind()
    {
        var definition = Module.Definition;
        var types = definition.DefinedTypes;
        Context.Globals = _globals;
        Context.Tables = _tables;
        Context.Types = types as DefinedType[] ?? [.. types];
        Context.Imports = _functions.AsSpan(0, definition.ImportedFunctions).ToArray()!;
        Context.Fuel = Store.FuelTank;
        Context.Bind(new InstanceBindings
        {
            Functions = Context.Imports,
            Memories = _memories,
            MemoryBases = Array.ConvertAll(_memories, memory => memory.Linear.Base),
            Tables = _tables,
            Globals = _globals,
            Types = Context.Types,
        });
    }

    private void CopyActiveElements()
    {
        var segments = Module.Definition.Elements;
        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            if (segment.Mode == SegmentMode.Active)
            {
                var offset = ConstantEvaluator.EvaluateAddress(segment.TableOffset, this);
                _tables[segment.Table].Init(_elements[i], offset, 0, (ulong)segment.Count);
            }
            if (segment.Mode != SegmentMode.Passive) _elements[i] = null;
        }
    }

    private void CopyActiveData()
    {
        var segments = Module.Definition.Data;
        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            if (segment.Mode != SegmentMode.Active) continue;
            if (!Module.Images.IsBaked(segment.Memory))
            {
                var offset = ConstantEvaluator.EvaluateAddress(segment.MemoryOffset, this);
                _memories[segment.Memory].Init(segment.Bytes.Span, offset, 0, (ulong)segment.Bytes.Length);
            }
            _droppedData[i] = true;
        }
    }
}
