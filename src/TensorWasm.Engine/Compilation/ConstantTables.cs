using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// Tables whose elements are known when the module is compiled: defined here, seen by nobody else, written by no
/// instruction, and filled by active segments at constant offsets that fit. Compilers of C, C++ and Rust make such tables
/// unless they are told to export them.
/// </summary>
internal sealed class ConstantTables
{
    /// <summary>Elements of the right type up to which an indirect call names them all.</summary>
    internal const int MaxCallees = 4;

    private readonly WasmModule _module;

    /// <summary>Of each constant table, the elements that are functions, by type; null for any other table.</summary>
    private readonly Dictionary<DefinedType, List<(ulong Element, int Function)>>?[] _byType;

    internal ConstantTables(WasmModule module, CodeSurvey survey)
    {
        _module = module;
        _byType = new Dictionary<DefinedType, List<(ulong, int)>>?[module.Tables.Count];
        var isConstant = new bool[module.Tables.Count];
        for (var i = module.ImportedTables; i < isConstant.Length; i++)
        {
            isConstant[i] = module.TableInitializers[i - module.ImportedTables] is null && !survey.IsWritten(i);
        }
        foreach (var export in module.Exports)
        {
            if (export.Kind == ExternalKind.Table) isConstant[export.Index] = false;
        }
        if (!isConstant.Contains(true)) return;

        var elements = new Dictionary<ulong, int>?[isConstant.Length];
        FillFromSegments(isConstant, elements);
        for (var i = 0; i < isConstant.Length; i++)
        {
            if (isConstant[i]) _byType[i] = GroupByType(elements[i] ?? []);
        }
    }

    /// <summary>Whether a table is constant: then its array of elements never changes either.</summary>
    internal bool Contains(int table) => _byType[table] is not null;

    /// <summary>
    /// The elements of a table that an indirect call with a type may reach without a trap, or none where the table is not
    /// constant, they are more than <see cref="MaxCallees"/>, or one is an imported function.
    /// </summary>
    internal IReadOnlyList<(ulong Element, int Function)> Callees(int table, int typeIndex)
    {
        if (_byType[table] is not { } byType) return [];
        var expected = _module.DefinedTypes[typeIndex];
        List<(ulong Element, int Function)> callees = [];
        foreach (var (type, elements) in byType)
        {
            if (!type.IsSubtypeOf(expected)) continue;
            callees.AddRange(elements);
            if (callees.Count > MaxCallees) return [];
        }
        return callees.Exists(callee => callee.Function < _module.ImportedFunctions) ? [] : callees;
    }

    /// <summary>Applies active segments in their order; where one may not fit, instantiation ends before those behind it.</summary>
    private void FillFromSegments(bool[] isConstant, Dictionary<ulong, int>?[] elements)
    {
        var mayHaveTrapped = false;
        foreach (var segment in _module.Elements)
        {
            if (segment.Mode != SegmentMode.Active) continue;
            var minimum = _module.Tables[segment.Table].Limits.Minimum;
            var count = (ulong)segment.Count;
            var fits = TryReadOffset(segment.TableOffset, out var offset) && count <= minimum && offset <= minimum - count;
            if (!fits || mayHaveTrapped) isConstant[segment.Table] = false;
            mayHaveTrapped |= !fits;
            if (!isConstant[segment.Table]) continue;
            var table = elements[segment.Table] ??= [];
            for (var i = 0; i < segment.Count; i++)
            {
                if (!TryReadElement(segment, i, out var function))
                {
                    isConstant[segment.Table] = false;
                    break;
                }
                if (function is { } index) table[offset + (ulong)i] = index;
                else table.Remove(offset + (ulong)i);
            }
        }
    }

    private Dictionary<DefinedType, List<(ulong Element, int Function)>> GroupByType(Dictionary<ulong, int> elements)
    {
        Dictionary<DefinedType, List<(ulong, int)>> groups = [];
        foreach (var (element, function) in elements.OrderBy(pair => pair.Key))
        {
            var type = _module.DefinedTypes[_module.Functions[function]];
            if (!groups.TryGetValue(type, out var group)) groups[type] = group = [];
            group.Add((element, function));
        }
        return groups;
    }

    private static bool TryReadOffset(ConstantExpression expression, out ulong offset)
    {
        var reader = new CodeReader(expression.Code.Span, expression.Offset);
        offset = 0;
        switch (reader.ReadOpcode())
        {
            case Opcode.I32Const:
                offset = (uint)reader.ReadS32();
                break;
            case Opcode.I64Const:
                offset = (ulong)reader.ReadS64();
                break;
            default:
                return false;
        }
        return reader.ReadOpcode() == Opcode.End;
    }

    /// <summary>A segment's element: a function, or null for the null reference. False where it is computed.</summary>
    private static bool TryReadElement(ElementSegment segment, int index, out int? function)
    {
        function = null;
        if (segment.Functions is { } functions)
        {
            function = functions[index];
            return true;
        }
        var expression = segment.Expressions![index];
        var reader = new CodeReader(expression.Code.Span, expression.Offset);
        switch (reader.ReadOpcode())
        {
            case Opcode.RefFunc:
                function = (int)reader.ReadU32();
                break;
            case Opcode.RefNull:
                reader.ReadS33();
                break;
            default:
                return false;
        }
        return reader.ReadOpcode() == Opcode.End;
    }
}
