using System.Globalization;

namespace TensorWasm.Wasm.Text;

/// <content>The limits of <see cref="WasmLimits"/>, which hold for text as for bytes.</content>
internal sealed partial class ModuleParser
{
    /// <summary>Refuses what is more than this implementation takes.</summary>
    public void Limit(long count, int limit, string what, int start)
    {
        if (count <= limit) return;
        var message = string.Create(CultureInfo.InvariantCulture, $"too many {what}: {count}, the limit is {limit}");
        throw _reader.Source.Error(message, start);
    }

    private void CheckLimits(int end)
    {
        Limit(_types.Count, WasmLimits.MaxTypes, "types", end);
        Limit(_groups.Count, WasmLimits.MaxRecursionGroups, "recursion groups", end);
        Limit(_imports.Count, WasmLimits.MaxImports, "imports", end);
        Limit(_functions.Count, WasmLimits.MaxFunctions, "functions", end);
        Limit(_tables.Count, WasmLimits.MaxTables, "tables", end);
        Limit(_memories.Count, WasmLimits.MaxMemories, "memories", end);
        Limit(_globals.Count, WasmLimits.MaxGlobals, "globals", end);
        Limit(_tags.Count, WasmLimits.MaxTags, "tags", end);
        Limit(_exports.Count, WasmLimits.MaxExports, "exports", end);
        Limit(_elements.Count, WasmLimits.MaxElementSegments, "element segments", end);
        Limit(_data.Count, WasmLimits.MaxDataSegments, "data segments", end);
    }

    private WasmFormatException UnknownType(int type, int start) =>
        _reader.Source.Error($"unknown type {type.ToString(CultureInfo.InvariantCulture)}", start);
}
