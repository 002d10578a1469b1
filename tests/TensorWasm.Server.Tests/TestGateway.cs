using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace TensorWasm.Server.Tests;

/// <summary>A real gateway on a loopback port, with a data folder of its own and a client.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    internal const string Admin = "test-admin-token";

    private readonly DirectoryInfo _folder;
    private readonly bool _ownsFolder;

    private TestGateway(GatewayHost host, DirectoryInfo folder, bool ownsFolder)
    {
        (Host, _folder, _ownsFolder) = (host, folder, ownsFolder);
        Client = new HttpClient { BaseAddress = host.Address };
    }

    internal GatewayHost Host { get; }

    internal HttpClient Client { get; }

    internal string Folder => _folder.FullName;

    internal static async Task<TestGateway> StartAsync(
        Func<GatewayOptions, GatewayOptions>? configure = null, GatewayEnvironment? environment = null,
        string? folder = null)
    {
        var data = folder is null ? Directory.CreateTempSubdirectory("tensorwasm-server-") : new DirectoryInfo(folder);
        var options = new GatewayOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            DataFolder = data.FullName,
            Database = await TestDatabase.OfAsync(data.FullName),
            AdminToken = Admin,
            Tokens = "one:tenant=1,two:tenant=2,all:tenant=*",
            LogLevel = LogLevel.Warning,
            Drain = TimeSpan.FromSeconds(5),
        };
        if (configure is not null) options = configure(options);
        var host = await GatewayHost.StartAsync(options, environment ?? new(), TestContext.Current.CancellationToken);
        return new(host, data, folder is null);
    }

    internal async Task<Reply> SendAsync(
        string method, string path, string? token = "one", object? json = null, HttpContent? body = null,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (json is not null)
        {
            body = new StringContent(json as string ?? JsonSerializer.Serialize(json), Encoding.UTF8, "application/json");
        }
        request.Content = body;
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return new(
            response.StatusCode, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken),
            response.Headers, response.Content.Headers);
    }

    /// <summary>Deploys a module in the text format.</summary>
    internal async Task<string> DeployAsync(
        string wat, string token = "one", string name = "test", object? settings = null)
    {
        var reply = await SendAsync("POST", "/functions", token, new
        {
            name,
            wasm_b64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(wat)),
            settings,
        });
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        return reply.Json.GetProperty("id").GetString()!;
    }

    /// <summary>The audit log's records so far, once they have all been written.</summary>
    internal async Task<IReadOnlyList<JsonElement>> AuditAsync()
    {
        // Records are written in order: when one that is waited for is there, those before it are, too.
        await SendAsync("POST", "/admin/tenants", Admin, "{}");
        await using var file = new FileStream(
            Path.Combine(Folder, "audit.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var text = await new StreamReader(file).ReadToEndAsync(TestContext.Current.CancellationToken);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        if (_ownsFolder) _folder.Delete(recursive: true);
    }
}
