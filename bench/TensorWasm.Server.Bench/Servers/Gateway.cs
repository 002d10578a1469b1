using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace TensorWasm.Server.Bench.Servers;

/// <summary>
/// The published <c>tensorwasm serve</c> as an operator starts it: tokens, the audit log in a file, SQLite, a new data
/// folder.
/// </summary>
internal sealed class Gateway : ServerProcess
{
    private readonly string? _ownFolder;
    private readonly HttpClient _client;

    private Gateway(Settings settings, string folder, string admin, bool ownsFolder)
        : base(
            settings, [settings.Program, "serve", "--addr", "127.0.0.1:0", "--data", folder, "--gpu", "none"],
            new Dictionary<string, string> { ["TENSOR_WASM_API_ADMIN_TOKEN"] = admin }, "http://127.0.0.1:")
    {
        if (ownsFolder) _ownFolder = folder;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin);
    }

    /// <summary>A gateway on a new folder, which goes with it.</summary>
    public static Gateway Start(Settings settings) => new(
        settings, Directory.CreateTempSubdirectory("tensorwasm-bench-").FullName,
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), ownsFolder: true);

    /// <summary>A gateway on a folder that stays.</summary>
    public static Gateway Start(Settings settings, string folder, string admin) =>
        new(settings, folder, admin, ownsFolder: false);

    /// <summary>A tenant with a developer's token.</summary>
    public async Task<Tenant> CreateTenantAsync(ulong id, object? quota = null)
    {
        await PostAsync("/admin/tenants", new { id, name = $"tenant-{id}", quota = quota ?? new { } });
        var token = await PostAsync("/admin/tokens", new { name = $"bench-{id}", tenants = new[] { id } });
        return new Tenant(this, id, token["token"]!.GetValue<string>());
    }

    /// <summary>The sum of a metric's series on the metrics page.</summary>
    public async Task<double> ReadMetricAsync(string name)
    {
        var page = await _client.GetStringAsync("/metrics");
        return page.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Sum(static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], null));
    }

    public HttpClient Client => _client;

    public override void Dispose()
    {
        base.Dispose();
        _client.Dispose();
        if (_ownFolder is not null) Directory.Delete(_ownFolder, recursive: true);
    }

    internal async Task<JsonNode> PostAsync(string path, object body, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new IOException($"POST {path}: {(int)response.StatusCode} {text}");
    }

    internal sealed record Tenant(Gateway Gateway, ulong Id, string Token)
    {
        /// <summary>Deploys a module in the text format.</summary>
        public async Task<string> DeployAsync(string module, string name = "bench")
        {
            var reply = await Gateway.PostAsync(
                "/functions", new { name, wasm_b64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(module)) }, Token);
            return reply["id"]!.GetValue<string>();
        }

        /// <summary>The bytes of an HTTP request that invokes a function, and the body that answers it.</summary>
        public (byte[] Request, byte[] Answer) Invoke(string function, string body, string result) =>
            (Encoding.ASCII.GetBytes(
                $"POST /functions/{function}/invoke HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {Token}\r\n"
                + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
            Encoding.ASCII.GetBytes($$"""{"function_id":"{{function}}","result":{{result}}}"""));
    }
}
