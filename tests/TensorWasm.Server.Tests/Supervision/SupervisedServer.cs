using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace TensorWasm.Server.Tests;

/// <summary>A supervisor with its server, as processes of their own, and a client that connects anew for each request.</summary>
internal sealed class SupervisedServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _supervisor;
    private readonly ConcurrentQueue<string> _log = new();
    private HttpClient? _client;

    private SupervisedServer(string folder, string? kernel, string? driver)
    {
        Folder = folder;
        var program = Path.Combine(AppContext.BaseDirectory, "TensorWasm.Server.LossWorker");
        var isSelfContained = File.Exists(Path.Combine(AppContext.BaseDirectory, "libcoreclr.so"));
        var start = isSelfContained ? new ProcessStartInfo(program) : new ProcessStartInfo("dotnet", [program + ".dll"]);
        start.ArgumentList.Add(folder);
        if (kernel is not null)
        {
            start.ArgumentList.Add(kernel);
        }
        start.RedirectStandardError = true;
        if (driver is not null)
        {
            start.Environment["LD_LIBRARY_PATH"] = driver;
        }
        _supervisor = Process.Start(start)!;
        _supervisor.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text) _log.Enqueue(text);
        };
        _supervisor.BeginErrorReadLine();
    }

    internal string Folder { get; }

    internal Process Supervisor => _supervisor;

    internal string Log => string.Join('\n', _log);

    /// <summary>The server that runs now.</summary>
    internal Process Server => Process.GetProcessById(int.Parse(
        Events("ServerStarted")[^1].Split(' ')[^2], CultureInfo.InvariantCulture));

    /// <summary>Starts them.</summary>
    /// <param name="folder">Where the server's data is.</param>
    /// <param name="kernel">The raw kernel that its GPU is to be lost by; null for a server on the processor.</param>
    /// <param name="driver">Where the driver is, unless it is this machine's.</param>
    internal static async Task<SupervisedServer> StartAsync(string folder, string? kernel = null, string? driver = null)
    {
        var server = new SupervisedServer(folder, kernel, driver);
        await server.SeeAsync("Listening", 1);
        var address = server.Events("Listening")[0].Split(' ')[3];
        server._client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero })
        {
            BaseAddress = new Uri(address),
            Timeout = Patience,
        };
        return server;
    }

    /// <summary>The messages of an event so far.</summary>
    internal IReadOnlyList<string> Events(string name) =>
        [.. _log.Where(line => line.StartsWith(name + " ", StringComparison.Ordinal))];

    /// <summary>Waits until an event has been logged so often.</summary>
    internal async Task SeeAsync(string name, int count)
    {
        var start = Stopwatch.GetTimestamp();
        while (Events(name).Count < count)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"no {name} in:\n{Log}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Sends a request; it must be answered with a success.</summary>
    internal async Task<string> SendAsync(string method, string path, object? json = null, string token = "one")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (json is not null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(json), Encoding.UTF8, "application/json");
        }
        using var response = await _client!.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}\n{Log}");
        return text;
    }

    internal async Task<string> DeployAsync(string wat, object? settings = null)
    {
        var module = Convert.ToBase64String(Encoding.UTF8.GetBytes(wat));
        return Member(await SendAsync("POST", "/functions", new { name = "test", wasm_b64 = module, settings }), "id");
    }

    /// <summary>Calls a function's main.</summary>
    /// <returns>Its only result.</returns>
    internal async Task<int> InvokeAsync(string function) => JsonDocument
        .Parse(await SendAsync("POST", $"/functions/{function}/invoke", new { export = "main" }))
        .RootElement.GetProperty("result")[0].GetInt32();

    internal static string Member(string json, string name) =>
        JsonDocument.Parse(json).RootElement.GetProperty(name).GetString()!;

    internal static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for the end of a process.</summary>
    internal static async Task EndAsync(Process process)
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (!_supervisor.HasExited)
        {
            _supervisor.Kill(entireProcessTree: true);
            await EndAsync(_supervisor);
        }
        _supervisor.Dispose();
    }
}
