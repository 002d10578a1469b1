using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>Prompts and inputs, which clients send as a text, a list of texts, a list of tokens or a list of those.</summary>
internal static class PromptList
{
    internal const int MaxPrompts = 2_048;

    /// <summary>The list in one form: each element is a text or an array of token ids.</summary>
    /// <exception cref="RefusalException">It is something else.</exception>
    internal static IReadOnlyList<JsonElement> Read(JsonElement json, string name)
    {
        if (!json.TryGet(name, out var value)) throw Wrong(name);
        if (value.ValueKind == JsonValueKind.String)
        {
            value.AsText(name);
            return [value];
        }
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0) throw Wrong(name);
        if (value[0].ValueKind == JsonValueKind.Number)
        {
            CheckTokens(value, name);
            return [value];
        }
        if (value.GetArrayLength() > MaxPrompts) throw JsonFields.Wrong(name, $"at most {MaxPrompts} texts");
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String) item.AsText(name);
            else CheckTokens(item, name);
        }
        return [.. value.EnumerateArray()];
    }

    internal static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<JsonElement> list)
    {
        writer.WriteStartArray(name);
        foreach (var item in list) item.WriteTo(writer);
        writer.WriteEndArray();
    }

    private static void CheckTokens(JsonElement list, string name)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0) throw Wrong(name);
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out var token) || token < 0) throw Wrong(name);
        }
    }

    private static RefusalException Wrong(string name) =>
        JsonFields.Wrong(name, "a text, a list of texts, a list of token ids, or a list of such lists");
}
