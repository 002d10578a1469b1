using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>What a deployment or an update was sent: a module as bytes or in JSON, with settings.</summary>
internal sealed record ModuleBody
{
    private const string WasmType = "application/wasm";
    private const string BytesType = "application/octet-stream";

    internal string? Name { get; init; }

    internal ReadOnlyMemory<byte>? Module { get; init; }

    /// <summary>Puts the request's settings over others.</summary>
    internal required Func<FunctionSettings, FunctionSettings> Settings { get; init; }

    internal bool HasSettings { get; init; }

    internal bool ReuseIdentical { get; init; }

    /// <summary>Reads either form: JSON, or <c>application/wasm</c> with the rest in the query.</summary>
    /// <exception cref="RefusalException">It is wrong.</exception>
    internal static async ValueTask<ModuleBody> ReadAsync(GatewayRequest request)
    {
        var http = request.Http.Request;
        var type = http.ContentType ?? "";
        if (type.StartsWith(WasmType, StringComparison.OrdinalIgnoreCase)
            || type.StartsWith(BytesType, StringComparison.OrdinalIgnoreCase))
        {
            return new()
            {
                Name = http.Query["name"] is { Count: > 0 } name ? name.ToString() : null,
                Module = await RequestBody.ReadAsync(request).ConfigureAwait(false),
                ReuseIdentical = http.Query["reuse_identical"] == "true",
                Settings = static settings => settings,
            };
        }
        using var json = await RequestBody.RequireJsonAsync(request).ConfigureAwait(false);
        return Read(json.RootElement);
    }

    private static ModuleBody Read(JsonElement json)
    {
        // Read twice: now, so that what is wrong shows; and later over the settings that it changes.
        var settings = json.Object("settings")?.Clone();
        if (settings is { } first) SettingsJson.Read(first, FunctionSettings.Default);
        return new()
        {
            Name = json.Text("name", ErrorKind.InvalidName),
            Module = json.TryGet("wasm_b64", out var encoded) ? Decode(encoded) : default(ReadOnlyMemory<byte>?),
            ReuseIdentical = json.Flag("reuse_identical") ?? false,
            HasSettings = settings is not null,
            Settings = known => settings is { } changes ? SettingsJson.Read(changes, known) : known,
        };
    }

    private static ReadOnlyMemory<byte> Decode(JsonElement encoded) =>
        encoded.ValueKind == JsonValueKind.String && encoded.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw JsonFields.Wrong("wasm_b64", "standard base64 with padding", ErrorKind.InvalidBase64);
}
