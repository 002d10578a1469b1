using System.Globalization;
using System.Text;

namespace TensorWasm.Wasm.Tests.Binary;

/// <summary>Everything in a module, offsets left out, as lines of text, so that modules can be compared.</summary>
internal static class ModuleDump
{
    public static string Of(WasmModule module)
    {
        var dump = new StringBuilder();
        for (var i = 0; i < module.Types.Count; i++) Line($"type {i} {Type(module.Types[i])}");
        foreach (var group in module.RecursionGroups) Line($"group {group.Start} {group.Count}");
        foreach (var import in module.Imports) Line(import.ToString());
        Line($"functions {string.Join(' ', module.Functions)}, {module.ImportedFunctions} imported");
        Line($"tables {string.Join(' ', module.Tables)}, {module.ImportedTables} imported");
        foreach (var initializer in module.TableInitializers) Line($"table = {Code(initializer)}");
        Line($"memories {string.Join(' ', module.Memories)}, {module.ImportedMemories} imported");
        Line($"tags {string.Join(' ', module.Tags)}, {module.ImportedTags} imported");
        Line($"globals {string.Join(' ', module.Globals)}, {module.ImportedGlobals} imported");
        foreach (var initializer in module.GlobalInitializers) Line($"global = {Code(initializer)}");
        foreach (var export in module.Exports) Line(export.ToString());
        Line($"start {module.Start}, data count {module.DataCount}");
        foreach (var segment in module.Elements)
        {
            Line($"elements {segment.Type} {segment.Mode} {segment.Table} {Code(segment.TableOffset)}");
            if (segment.Functions is { } functions) Line($"  functions {string.Join(' ', functions)}");
            foreach (var expression in segment.Expressions ?? []) Line($"  {Code(expression)}");
        }
        foreach (var segment in module.Data)
        {
            Line($"data {segment.Mode} {segment.Memory} {Code(segment.MemoryOffset)} {Hex(segment.Bytes)}");
        }
        foreach (var body in module.Bodies) Line($"body {string.Join(' ', body.Locals)} {Hex(body.Code)}");
        foreach (var section in module.CustomSections)
        {
            Line($"custom \"{section.Name}\" after {section.After} {Hex(section.Bytes)}");
        }
        Names(module.Names);
        return dump.ToString();

        void Line(string line) => dump.AppendLine(CultureInfo.InvariantCulture, $"{line}");

        void Names(NameSection names)
        {
            Line($"module name {names.Module}");
            Map("function", names.Functions);
            Map("type", names.Types);
            Map("table", names.Tables);
            Map("memory", names.Memories);
            Map("global", names.Globals);
            Map("element", names.Elements);
            Map("data", names.Data);
            Map("tag", names.Tags);
            foreach (var (index, inner) in names.Locals.OrderBy(entry => entry.Key)) Map($"local of {index}", inner);
            foreach (var (index, inner) in names.Labels.OrderBy(entry => entry.Key)) Map($"label of {index}", inner);
            foreach (var (index, inner) in names.Fields.OrderBy(entry => entry.Key)) Map($"field of {index}", inner);
        }

        void Map(string what, Dictionary<int, string> names)
        {
            foreach (var (index, name) in names.OrderBy(entry => entry.Key)) Line($"name of {what} {index} = {name}");
        }
    }

    private static string Type(SubType type)
    {
        var composite = type.Composite switch
        {
            StructType structure => $"struct {string.Join(' ', structure.Fields)}",
            var other => other.ToString(),
        };
        return $"{composite} below {string.Join(' ', type.Supertypes)} final {type.IsFinal}";
    }

    private static string Code(ConstantExpression? expression) =>
        expression is { } code ? Hex(code.Code) : "nothing";

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);
}
