using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>Reads members of JSON objects; a member of null counts as one that is not there.</summary>
internal static class JsonFields
{
    internal static bool TryGet(this JsonElement element, string name, out JsonElement value) =>
        element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    internal static string? Text(this JsonElement element, string name, string kind = ErrorKind.InvalidRequest)
    {
        if (!element.TryGet(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.String ? value.AsText(name) : throw Wrong(name, "a string", kind);
    }

    /// <summary>A string's text; JSON can write half a surrogate pair, which is no text.</summary>
    internal static string AsText(this JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name, "text: it holds half a surrogate pair", ErrorKind.InvalidJson);
        }
    }

    internal static long? Whole(this JsonElement element, string name, long least = 0, long most = long.MaxValue)
    {
        if (!element.TryGet(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(name, FormattableString.Invariant($"a whole number from {least} to {most}"));
    }

    internal static double? Number(this JsonElement element, string name, double least, double most)
    {
        if (!element.TryGet(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            && number >= least && number <= most
                ? number
                : throw Wrong(name, FormattableString.Invariant($"a number from {least} to {most}"));
    }

    internal static bool? Flag(this JsonElement element, string name)
    {
        if (!element.TryGet(name, out var value)) return null;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Wrong(name, "true or false");
    }

    internal static JsonElement? Object(this JsonElement element, string name)
    {
        if (!element.TryGet(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Object ? value : throw Wrong(name, "an object");
    }

    internal static JsonElement? Array(this JsonElement element, string name)
    {
        if (!element.TryGet(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Array ? value : throw Wrong(name, "an array");
    }

    internal static IReadOnlyList<string>? TextList(this JsonElement element, string name) =>
        element.Array(name) is not { } array ? null
        : [.. array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String
            ? item.AsText(name)
            : throw Wrong(name, "an array of strings"))];

    internal static RefusalException Wrong(string name, string expected, string kind = ErrorKind.InvalidRequest) =>
        new(GatewayError.Bad(kind, $"'{name}' is not {expected}.", name));
}
