using System.Text.Json;
using TensorWasm.Wasm;

namespace TensorWasm.Cli;

/// <summary>Prints a report for programs. Names may be added to the object; none changes its meaning.</summary>
internal static class ReportJson
{
    internal static void Write(ModuleReport report, Stream output)
    {
        var options = new JsonWriterOptions { Indented = true };
        using var json = new Utf8JsonWriter(output, options);
        var module = report.Module;
        json.WriteStartObject();
        json.WriteString("file", report.Name);
        json.WriteString("format", report.IsText ? "text" : "binary");
        if (module.Names.Module is { } name) json.WriteString("name", name);
        json.WriteNumber("bytes", report.Size);
        json.WriteStartObject("functions");
        json.WriteNumber("imported", module.ImportedFunctions);
        json.WriteNumber("defined", module.Bodies.Count);
        json.WriteEndObject();
        if (module.Start is { } start) json.WriteNumber("start", start);
        WriteArray(json, "imports", module.Imports, import =>
        {
            json.WriteString("module", import.Module);
            json.WriteString("name", import.Name);
            WriteType(json, module, import.Kind, import.Index);
        });
        WriteArray(json, "exports", module.Exports, export =>
        {
            json.WriteString("name", export.Name);
            WriteType(json, module, export.Kind, export.Index);
        });
        WriteArray(json, "memories", module.Memories, memory =>
        {
            WriteLimits(json, memory.Limits);
            json.WriteBoolean("shared", memory.IsShared);
        });
        WriteArray(json, "tables", module.Tables, table =>
        {
            WriteLimits(json, table.Limits);
            json.WriteString("element", table.Element.ToString());
        });
        WriteArray(json, "sections", report.Sections, section =>
        {
            json.WriteString("name", section.Name);
            json.WriteBoolean("custom", section.IsCustom);
            json.WriteNumber("offset", section.Offset);
            json.WriteNumber("bytes", section.Size);
        });
        WriteStrings(json, "features", report.Features);
        json.WriteStartObject("capabilities");
        foreach (var group in report.Capabilities) WriteStrings(json, group.Key, group);
        json.WriteEndObject();
        WriteArray(json, "unknownImports", report.Unknown, import =>
        {
            json.WriteString("module", import.Module);
            json.WriteString("name", import.Name);
        });
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    private static void WriteType(Utf8JsonWriter json, WasmModule module, ExternalKind kind, int index)
    {
        json.WriteString("kind", TypeText.NameOf(kind));
        json.WriteString("type", TypeText.Of(module, kind, index));
    }

    private static void WriteLimits(Utf8JsonWriter json, Limits limits)
    {
        json.WriteNumber("minimum", limits.Minimum);
        if (limits.Maximum is { } maximum) json.WriteNumber("maximum", maximum);
        json.WriteBoolean("is64", limits.Is64);
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> writeItem)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            writeItem(item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
