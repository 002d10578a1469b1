using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Functions as JSON.</summary>
internal static class FunctionJson
{
    internal static void WriteSummary(Utf8JsonWriter writer, FunctionRecord function)
    {
        writer.WriteStartObject();
        WriteMembers(writer, function);
        writer.WriteEndObject();
    }

    internal static void Write(Utf8JsonWriter writer, FunctionRecord function, IReadOnlyList<FunctionVersion> versions)
    {
        writer.WriteStartObject();
        WriteMembers(writer, function);
        writer.WriteStartArray("versions"u8);
        foreach (var version in versions) WriteVersion(writer, version);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, FunctionRecord function)
    {
        writer.WriteString("id"u8, function.Id);
        writer.WriteString("name"u8, function.Name);
        writer.WriteNumber("tenant_id"u8, function.Tenant.Value);
        writer.WriteNumber("latest_version"u8, function.LatestVersion);
        writer.WriteStartObject("aliases"u8);
        foreach (var (alias, version) in function.Aliases) writer.WriteNumber(alias, version);
        writer.WriteEndObject();
        writer.WriteNumber("created_unix_ms"u8, function.CreatedAt.ToUnixTimeMilliseconds());
        writer.WriteNumber("updated_unix_ms"u8, function.UpdatedAt.ToUnixTimeMilliseconds());
    }

    private static void WriteVersion(Utf8JsonWriter writer, FunctionVersion version)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, version.Number);
        writer.WriteString("sha256"u8, version.Module.Text);
        writer.WriteNumber("bytes"u8, version.ModuleBytes);
        writer.WriteNumber("created_unix_ms"u8, version.CreatedAt.ToUnixTimeMilliseconds());
        writer.WritePropertyName("settings"u8);
        SettingsJson.Write(writer, version.Settings);
        writer.WriteEndObject();
    }
}
