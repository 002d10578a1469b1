using System.Globalization;
using System.Text;

namespace TensorWasm.Wasm.Tests;

/// <summary>
/// Everything that a module says, as text to compare; offsets are left out, and the name section's bytes, since its
/// names are in.
/// </summary>
internal static class ModuleDump
{
    /// <param name="module">The module.</param>
    /// <param name="strict">
    /// Whether to tell apart what means the same: names, how locals are grouped, the data count, function indices as
    /// elements or as expressions.
    /// </param>
    public static string Of(WasmModule module, bool strict = true)
    {
        var dump = new StringBuilder();
        Lines(dump, "group", module.RecursionGroups.Select(group => $"{group.Start} {group.Count}"));
        Lines(dump, "type", module.Types.Select(Type));
        Lines(dump, "import", module.Imports.Select(import => import.ToString()));
        Lines(dump, "function", module.Functions.Select(Number));
        Lines(dump, "table", module.Tables.Select(table => table.ToString()));
        var initializers = module.TableInitializers.Select(code => code is { } known ? Code(known) : "none");
        Lines(dump, "table initializer", initializers);
        Lines(dump, "memory", module.Memories.Select(memory => memory.ToString()));
        Lines(dump, "tag", module.Tags.Select(Number));
        Lines(dump, "global", module.Globals.Select(global => global.ToString()));
        Lines(dump, "global initializer", module.GlobalInitializers.Select(Code));
        Lines(dump, "export", module.Exports.Select(export => export.ToString()));
        Lines(dump, "start", [module.Start?.ToString(CultureInfo.InvariantCulture) ?? "none"]);
        Lines(dump, "element", module.Elements.Select(segment => Element(strict ? segment : AsFunctions(segment))));
        Lines(dump, "data", module.Data.Select(data =>
            $"{data.Mode} {data.Memory} {Code(data.MemoryOffset)} {Convert.ToHexString(data.Bytes.Span)}"));
        Lines(dump, "body", module.Bodies.Select(body =>
            $"{string.Join(' ', strict ? body.Locals : Merge(body.Locals))} {Convert.ToHexString(body.Code.Span)}"));
        Lines(dump, "imported", new[]
        {
            module.ImportedFunctions, module.ImportedTables, module.ImportedMemories, module.ImportedGlobals,
            module.ImportedTags,
        }.Select(Number));
        Lines(dump, "custom", module.CustomSections.Where(section => section.Name != "name").Select(section =>
            $"{section.Name} {section.After} {Convert.ToHexString(section.Bytes.Span)}"));
        if (!strict) return dump.ToString();
        Lines(dump, "data count", [module.DataCount?.ToString(CultureInfo.InvariantCulture) ?? "none"]);
        Names(dump, module.Names);
        return dump.ToString();
    }

    private static void Names(StringBuilder dump, NameSection names)
    {
        Lines(dump, "module name", [names.Module ?? "none"]);
        Map(dump, "function name", names.Functions);
        Map(dump, "type name", names.Types);
        Map(dump, "table name", names.Tables);
        Map(dump, "memory name", names.Memories);
        Map(dump, "global name", names.Globals);
        Map(dump, "tag name", names.Tags);
        Map(dump, "element name", names.Elements);
        Map(dump, "data name", names.Data);
        foreach (var (owner, map) in names.Locals.OrderBy(pair => pair.Key)) Map(dump, $"local name of {owner}", map);
        foreach (var (owner, map) in names.Labels.OrderBy(pair => pair.Key)) Map(dump, $"label name of {owner}", map);
        foreach (var (owner, map) in names.Fields.OrderBy(pair => pair.Key)) Map(dump, $"field name of {owner}", map);
    }

    private static void Map(StringBuilder dump, string what, Dictionary<int, string> names) =>
        Lines(dump, what, names.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"));

    private static void Lines(StringBuilder dump, string what, IEnumerable<string> lines)
    {
        foreach (var line in lines) dump.Append(what).Append(": ").AppendLine(line);
    }

    private static string Type(SubType type)
    {
        var body = type.Composite switch
        {
            FunctionType function => "func " + function,
            ArrayType array => "array " + array.Element,
            StructType structure => "struct " + string.Join(", ", structure.Fields),
            _ => throw new InvalidOperationException(),
        };
        return $"{(type.IsFinal ? "final" : "open")} [{string.Join(' ', type.Supertypes)}] {body}";
    }

    /// <summary>Elements that are all <c>ref.func</c>, as function indices.</summary>
    private static ElementSegment AsFunctions(ElementSegment segment)
    {
        if (segment.Type != ValueType.FuncRef || segment.Functions is not null) return segment;
        var functions = new List<int>();
        foreach (var expression in segment.Expressions!)
        {
            var reader = new CodeReader(expression.Code.Span);
            if (reader.ReadOpcode() != Opcode.RefFunc) return segment;
            functions.Add((int)reader.ReadU32());
            if (reader.ReadOpcode() != Opcode.End) return segment;
        }
        return segment with { Type = ValueType.Ref(segment.Type.Heap, nullable: false), Functions = functions, Expressions = null };
    }

    private static string Element(ElementSegment segment)
    {
        var elements = segment.Functions is { } functions
            ? string.Join(' ', functions)
            : string.Join(' ', segment.Expressions!.Select(Code));
        var form = segment.Functions is null ? "expressions" : "functions";
        return $"{segment.Type} {segment.Mode} {segment.Table} {Code(segment.TableOffset)} {form} {elements}";
    }

    private static List<LocalGroup> Merge(IReadOnlyList<LocalGroup> groups)
    {
        var merged = new List<LocalGroup>();
        foreach (var group in groups.Where(group => group.Count > 0))
        {
            if (merged.Count > 0 && merged[^1].Type == group.Type)
            {
                merged[^1] = group with { Count = merged[^1].Count + group.Count };
            }
            else merged.Add(group);
        }
        return merged;
    }

    private static string Code(ConstantExpression expression) => Convert.ToHexString(expression.Code.Span);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
