using System.Net;
using System.Text.Json;
using TensorWasm.Server;

namespace TensorWasm.Cli.Tests;

/// <summary><c>kernel</c>, against a real server.</summary>
public sealed class KernelTests : CliTest
{
    private const string Ptx = """
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry noop()
        {
            ret;
        }
        """;

    private static readonly string Key = new('7', 64);

    // The Ed25519 key of RFC 8032, section 7.1, test 1, and openssl's signature by it of the envelope of this kernel.
    private const string PublicKey = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    private const string Signature =
        "IEU/+E25SUfJAI/CgPJzA7diIO1kHWsJcnqs6yfkiqzFX6NBac5rs/y+vcoTQ9+rTEHtNLjeKANmUaSzN1zbAg==";

    [Fact]
    public async Task A_kernel_is_published_shared_and_deleted()
    {
        await using var host = await GatewayHost.StartAsync(
            new()
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                DataFolder = Path.Combine(Folder, "data"),
                AdminToken = "admin",
                Tokens = "other:tenant=2",
                KernelHmacKey = Key,
                KernelPublishers = [$"acme={PublicKey}"],
                LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
            },
            new(), TestContext.Current.CancellationToken);
        var admin = Write("admin.token", "admin\n");
        var other = Write("other.token", "other");
        CliResult As(string tokenFile, params string[] verb) =>
            Run(["kernel", .. verb, "--server", host.Address.ToString(), "--token-file", tokenFile]);

        var ptx = Write("noop.ptx", Ptx);
        var key = Write("hmac.key", Key + "\n");
        Assert.Equal(
            """{"name":"noop","version":"1.0.0"}""",
            Text(As(admin, "publish", "noop", "1.0.0", "--ptx-file", ptx, "--key-file", key)));
        Assert.StartsWith(
            "Error: already_registered (409): ",
            As(admin, "publish", "noop", "1.0.0", "--ptx-file", ptx, "--key-file", key).Error);

        // Signed elsewhere: what is signed is what openssl was given.
        string[] signed = ["signed", "2.0.0", "--ptx-file", ptx, "--publisher", "acme", "--time", "1"];
        Assert.Equal(
            "tensorwasm-kernel-v1\0signed\02.0.0\0sm_70\0"
            + "aecc004396085070d3673e2ad6a8e866c0a1103cf7050462ff94e2495100f28e\0acme\01\0",
            Run(["kernel", "envelope", .. signed]).Output);
        var signature = Write("noop.signature", Convert.FromBase64String(Signature));
        Assert.Equal(0, As(admin, ["publish", .. signed, "--signature-file", signature, "--shared"]).ExitCode);

        var own = JsonDocument.Parse(Text(As(admin, "list"))).RootElement.GetProperty("manifests");
        Assert.Equal(2, own.GetArrayLength());
        Assert.Equal(1, JsonDocument.Parse(Text(As(other, "list"))).RootElement.GetProperty("manifests").GetArrayLength());
        Assert.Equal(1, JsonDocument.Parse(Text(As(admin, "list", "--offset", "1"))).RootElement.GetProperty("manifests").GetArrayLength());

        var manifest = Write("noop.json", Text(As(admin, "get", "noop@1.0.0")));
        string[] verify = ["kernel", "verify", "noop@1.0.0", "--manifest-file", manifest];
        Assert.Equal("""{"is_valid":true,"problem":null}""", Text(Run([.. verify, "--key-file", key, "--ptx-file", ptx])));
        Assert.Equal(1, Run([.. verify, "--key-file", Write("wrong.key", new string('8', 64))]).ExitCode);
        Assert.Equal(1, Run([.. verify, "--key-file", key, "--ptx-file", Write("x.ptx", Ptx + "\n")]).ExitCode);
        Assert.Equal(1, Run(["kernel", "verify", "noop@1.0.1", "--manifest-file", manifest, "--key-file", key]).ExitCode);
        manifest = Write("signed.json", Text(As(other, "get", "signed@2.0.0")));
        Assert.Equal(0, Run("kernel", "verify", "signed@2.0.0", "--manifest-file", manifest, "--public-key", PublicKey, "--ptx-file", ptx).ExitCode);

        Assert.StartsWith("Error: not_found (404): ", As(other, "get", "noop@1.0.0").Error);
        Assert.Contains("\"visibility\":\"shared\"", Text(As(admin, "share", "noop@1.0.0")));
        Assert.Equal(0, As(other, "get", "noop@1.0.0").ExitCode);
        Assert.Contains("\"visibility\":\"private\"", Text(As(admin, "unshare", "noop@1.0.0")));
        Assert.Equal("", Text(As(admin, "delete", "noop@1.0.0")));
        Assert.StartsWith("Error: not_found (404): ", As(admin, "delete", "noop@1.0.0").Error);
        Assert.StartsWith("Error: kernel_publish_scope_required (403): ", As(other, "delete", "signed@2.0.0").Error);
    }

    [Theory]
    [InlineData(2, "kernel", "publish", "a", "1")]
    [InlineData(2, "kernel", "publish", "a", "1", "--ptx-file", "$ptx")]
    [InlineData(2, "kernel", "publish", "a", "1", "--ptx-file", "$ptx", "--key-file", "$key", "--signature-file", "$key")]
    [InlineData(2, "kernel", "publish", "a", "1", "--ptx-file", "$ptx", "--signature-file", "$key")]
    [InlineData(2, "kernel", "publish", "a", "1", "--ptx-file", "$ptx", "--ptx-file", "$ptx", "--key-file", "$key")]
    [InlineData(2, "kernel", "publish", "a", "1", "--ptx-file", "$ptx", "--sm", "x", "--key-file", "$key")]
    [InlineData(1, "kernel", "publish", "a", "1", "--ptx-file", "$key", "--key-file", "$key")]
    [InlineData(1, "kernel", "publish", "a", "1", "--ptx-file", "$ptx", "--key-file", "$ptx")]
    [InlineData(1, "kernel", "publish", "a", "1", "--ptx-file", "/nonexistent", "--key-file", "$key")]
    [InlineData(2, "kernel", "envelope", "a", "1", "--ptx-file", "$ptx")]
    [InlineData(2, "kernel", "get", "noversion")]
    [InlineData(2, "kernel", "delete", "@")]
    [InlineData(2, "kernel", "verify", "a@1", "--manifest-file", "$ptx")]
    [InlineData(2, "kernel", "verify", "a@1", "--manifest-file", "$ptx", "--public-key", "short")]
    public void What_is_wrong_here_is_told_here(int exitCode, params string[] arguments)
    {
        var (ptx, key) = (Write("noop.ptx", Ptx), Write("hmac.key", Key));
        var result = Run([.. arguments.Select(a => a switch { "$ptx" => ptx, "$key" => key, _ => a })]);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains("Error: ", result.Error);
        Assert.DoesNotContain("this is a bug", result.Error);
        Assert.DoesNotContain(Key, result.Error);
    }

    private static string Text(CliResult result)
    {
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output.TrimEnd('\n');
    }
}
