namespace TensorWasm.Wasm.Text;

/// <summary>
/// Parses one module in passes, since every definition may be named before its place: the first binds identifiers to
/// indices, the second reads type definitions, the third all other fields. Types that are written inline and not
/// defined are appended in the order in which the third meets them.
/// </summary>
internal sealed partial class ModuleParser
{
    private readonly TokenReader _reader;
    private readonly List<ModuleField> _fields = [];
    private readonly List<Import> _imports = [];
    private readonly List<int> _functions = [];
    private readonly List<TableType> _tables = [];
    private readonly List<ConstantExpression?> _tableInitializers = [];
    private readonly List<MemoryType> _memories = [];
    private readonly List<int> _tags = [];
    private readonly List<GlobalType> _globals = [];
    private readonly List<ConstantExpression> _globalInitializers = [];
    private readonly List<Export> _exports = [];
    private readonly List<ElementSegment> _elements = [];
    private readonly List<DataSegment> _data = [];
    private readonly List<FunctionBody> _bodies = [];
    private readonly List<CustomSection> _customs = [];
    private readonly InstructionParser _instructions;
    private int? _start;
    private int _importedMemories;
    private int _importedTags;

    private ModuleParser(TokenReader reader)
    {
        _reader = reader;
        TypeSpace = new IndexSpace("type", Names.Types);
        FunctionSpace = new IndexSpace("function", Names.Functions);
        TableSpace = new IndexSpace("table", Names.Tables);
        MemorySpace = new IndexSpace("memory", Names.Memories);
        GlobalSpace = new IndexSpace("global", Names.Globals);
        TagSpace = new IndexSpace("tag", Names.Tags);
        ElementSpace = new IndexSpace("elem segment", Names.Elements);
        DataSpace = new IndexSpace("data segment", Names.Data);
        _instructions = new InstructionParser(reader, this);
    }

    public NameSection Names { get; } = new();

    public IndexSpace TypeSpace { get; }

    public IndexSpace FunctionSpace { get; }

    public IndexSpace TableSpace { get; }

    public IndexSpace MemorySpace { get; }

    public IndexSpace GlobalSpace { get; }

    public IndexSpace TagSpace { get; }

    public IndexSpace ElementSpace { get; }

    public IndexSpace DataSpace { get; }

    /// <summary>Parses fields up to the parenthesis that closes the module, or to the end of the text.</summary>
    /// <param name="reader">Stands behind the module's keyword and identifier.</param>
    /// <param name="name">The module's name.</param>
    public static WasmModule Parse(TokenReader reader, string? name)
    {
        var parser = new ModuleParser(reader);
        parser.Names.Module = name;
        parser.BindFields();
        var end = reader.Current;
        parser.ParseTypes();
        parser.ParseFields();
        parser.CheckLimits(end.Start);
        reader.Seek(end.Start);
        return parser.Build();
    }

    private WasmModule Build() => new()
    {
        Types = _types,
        RecursionGroups = _groups,
        Imports = _imports,
        Functions = _functions,
        Tables = _tables,
        TableInitializers = _tableInitializers,
        Memories = _memories,
        Tags = _tags,
        Globals = _globals,
        GlobalInitializers = _globalInitializers,
        Exports = _exports,
        Start = _start,
        Elements = _elements,
        Data = _data,
        DataCount = _instructions.NamesData ? _data.Count : null,
        Bodies = _bodies,
        CustomSections = _customs,
        Names = Names,
        ImportedMemories = _importedMemories,
        ImportedTags = _importedTags,
    };

    private void ParseFields()
    {
        foreach (var field in _fields)
        {
            if (field.Keyword is FieldKeyword.Type or FieldKeyword.Rec) continue;
            _reader.Seek(field.Start);
            _reader.Open();
            _reader.Advance();
            switch (field.Keyword)
            {
                case FieldKeyword.Import:
                    ParseImport();
                    break;
                case FieldKeyword.Func:
                    ParseFunction();
                    break;
                case FieldKeyword.Table:
                    ParseTable();
                    break;
                case FieldKeyword.Memory:
                    ParseMemory();
                    break;
                case FieldKeyword.Global:
                    ParseGlobal();
                    break;
                case FieldKeyword.Tag:
                    ParseTag();
                    break;
                case FieldKeyword.Export:
                    ParseExport();
                    break;
                case FieldKeyword.Start:
                    ParseStart(field);
                    break;
                case FieldKeyword.Elem:
                    ParseElementSegment();
                    break;
                default:
                    ParseDataSegment();
                    break;
            }
            _reader.Close();
        }
    }

    private void ParseExport()
    {
        var name = _reader.Name();
        _reader.Open();
        var (kind, space) = ParseExternalKind();
        _exports.Add(new Export(name, kind, space.ResolveIndex(_reader)));
        _reader.Close();
    }

    private void ParseStart(ModuleField field)
    {
        if (_start is not null) throw _reader.Source.Error("multiple start sections", field.Start);
        _start = FunctionSpace.ResolveIndex(_reader);
    }

    private (ExternalKind Kind, IndexSpace Space) ParseExternalKind()
    {
        if (_reader.TryKeyword("func"u8)) return (ExternalKind.Function, FunctionSpace);
        if (_reader.TryKeyword("table"u8)) return (ExternalKind.Table, TableSpace);
        if (_reader.TryKeyword("memory"u8)) return (ExternalKind.Memory, MemorySpace);
        if (_reader.TryKeyword("global"u8)) return (ExternalKind.Global, GlobalSpace);
        if (_reader.TryKeyword("tag"u8)) return (ExternalKind.Tag, TagSpace);
        throw _reader.Unexpected();
    }
}
