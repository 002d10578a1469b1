using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TensorWasm.Server.Tests;

/// <summary>TLS and client certificates, with authorities that the tests make.</summary>
public sealed class TlsTests : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tensorwasm-tls-");
    private readonly X509Certificate2 _authority = Authority("CN=ours");
    private readonly X509Certificate2 _other = Authority("CN=theirs");

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        _folder.Delete(recursive: true);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name, string use, int daysLeft = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(
            authority, DateTimeOffset.UtcNow.AddDays(-1.5), DateTimeOffset.UtcNow.AddDays(daysLeft), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<TestGateway> StartAsync(bool requires, bool accepts = true)
    {
        using var server = Issue(_authority, "CN=server", ServerUse);
        using var key = server.GetECDsaPrivateKey()!;
        return await TestGateway.StartAsync(options => options with
        {
            TlsCertificate = Write("server.pem", server.ExportCertificatePem()),
            TlsKey = Write("server.key", key.ExportPkcs8PrivateKeyPem()),
            TlsClientAuthorities = accepts ? Write("clients.pem", _authority.ExportCertificatePem()) : null,
            TlsRequireClientCertificate = requires,
        });
    }

    /// <summary>A client that trusts our authority alone, and shows a certificate.</summary>
    private HttpClient Client(TestGateway gateway, X509Certificate2? certificate = null)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new()
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { _authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
                // Whatever the server says that it takes.
                LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
            },
        };
        return new HttpClient(handler) { BaseAddress = gateway.Host.Address };
    }

    private static async Task<HttpStatusCode> GetAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/functions") { Content = new StringContent("{}") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer one");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Client-Cert", "Subject=\"CN=forged\"");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task<string?> SubjectAsync(TestGateway gateway)
    {
        await using var file = new FileStream(
            Path.Combine(gateway.Folder, "audit.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var text = await new StreamReader(file).ReadToEndAsync(TestContext.Current.CancellationToken);
        var last = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        return System.Text.Json.JsonDocument.Parse(last).RootElement.GetProperty("client_cert_subject").GetString();
    }

    [Fact]
    public async Task The_server_shows_its_certificate_and_speaks_nothing_but_TLS()
    {
        await using var gateway = await StartAsync(requires: false, accepts: false);
        Assert.Equal("https", gateway.Host.Address.Scheme);
        using (var client = Client(gateway)) Assert.Equal(HttpStatusCode.BadRequest, await GetAsync(client));
        // Nobody who trusts others is taken in.
        var wrong = await Assert.ThrowsAsync<HttpRequestException>(() => gateway.Client.GetAsync(
            new Uri("/healthz", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.IsType<AuthenticationException>(wrong.InnerException);
        using var plain = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetAsync(
            new UriBuilder(gateway.Host.Address) { Scheme = "http" }.Uri, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_client_s_certificate_stands_in_the_audit_log()
    {
        await using var gateway = await StartAsync(requires: false);
        // A forwarded one counts for nothing here: the peer is no trusted proxy.
        using (var client = Client(gateway)) Assert.Equal(HttpStatusCode.BadRequest, await GetAsync(client));
        Assert.Null(await SubjectAsync(gateway));
        using var certificate = Issue(_authority, "CN=client, O=acme", ClientUse);
        using (var client = Client(gateway, certificate)) Assert.Equal(HttpStatusCode.BadRequest, await GetAsync(client));
        Assert.Equal("CN=client, O=acme", await SubjectAsync(gateway));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Certificates_of_others_for_servers_and_of_yesterday_are_refused(bool requires)
    {
        await using var gateway = await StartAsync(requires);
        using var others = Issue(_other, "CN=client", ClientUse);
        using var server = Issue(_authority, "CN=client", ServerUse);
        using var expired = Issue(_authority, "CN=client", ClientUse, daysLeft: -1);
        using var good = Issue(_authority, "CN=client", ClientUse);
        foreach (var (certificate, isAccepted) in ((X509Certificate2?, bool)[])
            [(others, false), (server, false), (expired, false), (null, !requires), (good, true)])
        {
            using var client = Client(gateway, certificate);
            if (isAccepted) Assert.Equal(HttpStatusCode.BadRequest, await GetAsync(client));
            else await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(client));
        }
    }

    [Fact]
    public async Task Files_that_are_no_certificates_are_told_at_the_start()
    {
        var wrong = Write("wrong.pem", "no certificate");
        var error = await Assert.ThrowsAsync<FormatException>(() => TestGateway.StartAsync(
            options => options with { TlsCertificate = wrong }));
        Assert.Contains(wrong, error.Message);
    }
}
