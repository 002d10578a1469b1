using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using TensorWasm.Server;

namespace TensorWasm.Cli.Tests;

/// <summary>The verbs that talk to a server, against a real one.</summary>
public sealed class ServerVerbsTests : CliTest
{
    private Task<GatewayHost> StartAsync() => GatewayHost.StartAsync(
        new()
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            DataFolder = Path.Combine(Folder, "data"),
            AdminToken = "admin",
            LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
        },
        new(), TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_function_is_deployed_called_and_deleted()
    {
        await using var host = await StartAsync();
        var admin = Write("admin.token", "admin\n");
        CliResult As(string tokenFile, params string[] verb) =>
            Run([.. verb, "--server", host.Address.ToString(), "--token-file", tokenFile]);

        var token = Json(As(admin, "token", "create", "--tenants", "7", "--actions", "developer,metrics"));
        var user = Write("user.token", token.GetProperty("token").GetString()!);
        Assert.Equal("acme", Json(As(admin, "tenant", "create", "7", "--name", "acme", "--quota", "max_functions=1"))
            .GetProperty("name").GetString());

        var module = Write("math.wat", Math);
        var id = Json(As(user, "deploy", module, "--label", "team=a", "--deadline", "5s", "--max-memory", "1M"))
            .GetProperty("id").GetString()!;
        Assert.Equal("[5]", Json(As(user, "invoke", id, "--export", "add", "--args", "[2, 3]")).GetProperty("result").GetRawText());
        var function = Json(As(user, "functions", "get", id));
        Assert.Equal("math", function.GetProperty("name").GetString());
        var settings = function.GetProperty("versions")[0].GetProperty("settings");
        Assert.Equal(5000, settings.GetProperty("limits").GetProperty("deadline_ms").GetInt32());
        Assert.Equal("a", settings.GetProperty("labels").GetProperty("team").GetString());
        Assert.Equal(1, Json(As(user, "functions", "list")).GetProperty("functions").GetArrayLength());

        var more = Write("settings.json", """{"limits":{"deadline_ms":9,"stack_bytes":300000},"capabilities":["clocks"]}""");
        Assert.Equal(0, As(user, "deploy", module, "--function", id, "--settings", more, "--deadline", "2s", "--env", "A=b").ExitCode);
        settings = Json(As(user, "functions", "get", id)).GetProperty("versions")[0].GetProperty("settings");
        Assert.Equal(2000, settings.GetProperty("limits").GetProperty("deadline_ms").GetInt32());
        Assert.Equal(300000, settings.GetProperty("limits").GetProperty("stack_bytes").GetInt32());
        Assert.Equal("""["clocks"]""", settings.GetProperty("capabilities").GetRawText());
        Assert.Equal("b", settings.GetProperty("environment").GetProperty("A").GetString());
        Assert.Equal(1, Json(As(user, "usage")).GetProperty("since_start").GetProperty("requests").GetInt32());
        Assert.Equal(7, Json(As(admin, "usage", "--of", "7", "--hours", "1")).GetProperty("tenant_id").GetInt32());
        Assert.Equal(0, Json(As(user, "traces", "list")).GetProperty("invocations").GetArrayLength());
        Assert.StartsWith("Error: not_found (404): ", As(user, "traces", "get", new string('0', 32)).Error);

        var refused = As(user, "deploy", module);
        Assert.Equal(ExitCodes.Failure, refused.ExitCode);
        Assert.StartsWith("Error: quota_exceeded (403): ", refused.Error);
        Assert.Contains("tensor_wasm_http_requests_total{", As(user, "metrics").Output);
        var observed = Json(As(user, "observe", "--interval", "100ms", "--count", "1"));
        Assert.Equal(JsonValueKind.Number, observed.GetProperty("requests_per_second").ValueKind);

        Assert.Equal("", As(user, "functions", "delete", id).Output);
        Assert.StartsWith("Error: not_found (404): ", As(user, "invoke", id).Error);
        Assert.Equal("", As(admin, "token", "revoke", token.GetProperty("id").GetString()!).Output);
        Assert.Matches("^Error: unauthorized .401.: .*TENSOR_WASM_TOKEN or --token-file", As(user, "functions", "list").Error);

        // Records that nobody waits for may still come: what the server had told of is there.
        var head = Json(As(admin, "audit", "head"));
        var earlier = $"{head.GetProperty("sequence").GetRawText()}:{head.GetProperty("hash").GetString()}";
        var check = Json(Run("audit", "verify", "--data", Path.Combine(Folder, "data"), "--head", earlier));
        Assert.True(check.GetProperty("is_whole").GetBoolean());
    }

    [Theory]
    [InlineData(2, "--args: '{}'", "invoke", "x", "--args", "{}")]
    [InlineData(2, "'nonsense' is no http", "invoke", "x", "--server", "nonsense")]
    [InlineData(2, "--tenants: 'a'", "token", "create", "--tenants", "a")]
    [InlineData(2, "'x' is no tenant's number", "tenant", "create", "x")]
    [InlineData(2, "--of: 'x' is not a tenant's number", "usage", "--of", "x")]
    [InlineData(2, "'tensorwasm jobs' needs a command behind it; there are list,", "jobs")]
    [InlineData(2, "'x' is no command of 'tensorwasm jobs'", "jobs", "x")]
    [InlineData(2, "'help' is no command", "help", "jobs")]
    [InlineData(2, "no option --server before a command", "--server", "jobs")]
    [InlineData(2, "--addr: 'nowhere'", "serve", "--addr", "nowhere")]
    [InlineData(2, "--allow-plaintext-public", "serve", "--addr", "0.0.0.0:0")]
    [InlineData(2, "there is no file /nonexistent/c.yaml", "serve", "--config", "/nonexistent/c.yaml")]
    [InlineData(1, "data: the folder /dev/null/x ", "serve", "--addr", "127.0.0.1:0", "--data", "/dev/null/x")]
    [InlineData(1, "TENSOR_WASM_SERVER", "invoke", "x", "--server", "http://127.0.0.1:1")]
    [InlineData(1, "/nonexistent/server.key", "audit", "verify", "--data", "/nonexistent")]
    public void What_is_wrong_here_is_told_here(int exitCode, string what, params string[] arguments)
    {
        var result = Run(arguments);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.StartsWith("Error: ", result.Error);
        Assert.Contains(what, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("this is a bug", result.Error);
    }

    [Fact]
    public void A_port_that_is_taken_is_told_without_a_stack_trace()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var result = Run("serve", "--addr", $"{taken.LocalEndpoint}", "--data", Path.Combine(Folder, "d"), "--gpu", "none");
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.StartsWith($"Error: listen: can't listen on {taken.LocalEndpoint}: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_stops_when_it_is_told_to()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        var config = Write("config.yaml", $"""
            listen: 127.0.0.1:{port}
            data: {Folder}/served
            dev_mode: true
            limits:
              max_body_bytes: 1000
            """);
        var running = Task.Run(() => RunWith([], stop.Token, "serve", "--config", config));
        using (var client = new HttpClient())
        {
            while (!running.IsCompleted && !await IsReadyAsync()) await Task.Delay(20, TestContext.Current.CancellationToken);

            async Task<bool> IsReadyAsync()
            {
                try
                {
                    using var reply = await client.GetAsync($"http://127.0.0.1:{port}/readyz", TestContext.Current.CancellationToken);
                    return reply.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            }
        }
        await stop.CancelAsync();
        var result = await running;
        Assert.Contains("\"event\":\"Listening\"", result.Error);
        Assert.Contains("\"event\":\"Stopping\"", result.Error);
        Assert.Equal(ExitCodes.Success, result.ExitCode);
    }

    private static JsonElement Json(CliResult result)
    {
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonDocument.Parse(result.Output).RootElement;
    }
}
