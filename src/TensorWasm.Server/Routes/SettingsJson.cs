using System.Collections.Immutable;
using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>A function's settings as JSON. What a request does not name stays as it was.</summary>
internal static class SettingsJson
{
    private static readonly (FunctionCapabilities Value, string Name)[] Capabilities =
    [
        (FunctionCapabilities.Clocks, "clocks"),
        (FunctionCapabilities.Random, "random"),
        (FunctionCapabilities.Streaming, "streaming"),
        (FunctionCapabilities.Gpu, "gpu"),
    ];

    /// <summary>Settings with a request's changes.</summary>
    /// <exception cref="RefusalException">A value has the wrong form.</exception>
    internal static FunctionSettings Read(JsonElement json, FunctionSettings settings)
    {
        if (json.Object("limits") is { } limits) settings = settings with { Limits = ReadLimits(limits, settings.Limits) };
        if (json.TextList("capabilities") is { } names)
        {
            settings = settings with { Capabilities = names.Aggregate(FunctionCapabilities.None, (all, name) => all | One(name)) };
        }
        if (json.Object("environment") is { } environment)
        {
            settings = settings with { Environment = ReadMap(environment, "environment") };
        }
        if (json.TextList("arguments") is { } arguments) settings = settings with { Arguments = [.. arguments] };
        if (json.Object("labels") is { } labels) settings = settings with { Labels = ReadMap(labels, "labels") };
        return settings;
    }

    internal static void Write(Utf8JsonWriter writer, FunctionSettings settings)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("limits"u8);
        writer.WriteNumber("memory_bytes"u8, settings.Limits.MemoryBytes);
        writer.WriteNumber("table_elements"u8, settings.Limits.TableElements);
        writer.WriteNumber("stack_bytes"u8, settings.Limits.StackBytes);
        writer.WriteNumber("deadline_ms"u8, (long)settings.Limits.Deadline.TotalMilliseconds);
        writer.WriteNumber("output_bytes"u8, settings.Limits.OutputBytes);
        writer.WriteNumber("device_bytes"u8, settings.Limits.DeviceBytes);
        writer.WriteEndObject();
        writer.WriteStartArray("capabilities"u8);
        foreach (var (value, name) in Capabilities)
        {
            if (settings.Capabilities.HasFlag(value)) writer.WriteStringValue(name);
        }
        writer.WriteEndArray();
        WriteMap(writer, "environment", settings.Environment);
        writer.WriteStartArray("arguments"u8);
        foreach (var argument in settings.Arguments) writer.WriteStringValue(argument);
        writer.WriteEndArray();
        WriteMap(writer, "labels", settings.Labels);
        writer.WriteEndObject();
    }

    private static FunctionLimits ReadLimits(JsonElement json, FunctionLimits limits) => limits with
    {
        MemoryBytes = json.Whole("memory_bytes") ?? limits.MemoryBytes,
        TableElements = json.Whole("table_elements") ?? limits.TableElements,
        StackBytes = (int)(json.Whole("stack_bytes", 0, int.MaxValue) ?? limits.StackBytes),
        Deadline = json.Whole("deadline_ms", 1, 86_400_000) is { } milliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : limits.Deadline,
        OutputBytes = json.Whole("output_bytes") ?? limits.OutputBytes,
        DeviceBytes = json.Whole("device_bytes") ?? limits.DeviceBytes,
    };

    private static FunctionCapabilities One(string name)
    {
        var row = Array.Find(Capabilities, row => row.Name == name);
        return row.Name is not null
            ? row.Value
            : throw JsonFields.Wrong(
                "capabilities", $"a list of {string.Join(", ", Capabilities.Select(known => known.Name))}");
    }

    private static ImmutableSortedDictionary<string, string> ReadMap(JsonElement json, string name)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String) throw JsonFields.Wrong(name, "an object of strings");
            map[member.Name] = member.Value.AsText(name);
        }
        return map.ToImmutable();
    }

    private static void WriteMap(Utf8JsonWriter writer, string name, ImmutableSortedDictionary<string, string> map)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in map) writer.WriteString(key, value);
        writer.WriteEndObject();
    }
}
