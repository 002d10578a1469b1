using System.Net;

namespace TensorWasm.Server.Tests;

/// <summary>Who may do what, for which tenant.</summary>
public sealed class AuthenticationTests
{
    [Fact]
    public async Task Nobody_is_served_without_a_token()
    {
        await using var gateway = await TestGateway.StartAsync();
        foreach (var (method, path) in ((string, string)[])
            [("GET", "/functions"), ("POST", "/functions"), ("GET", "/jobs"), ("GET", "/admin/tokens"), ("POST", "/admin/tenants")])
        {
            foreach (var token in (string?[])[null, "", "wrong", "one ", new string('x', 10_000)])
            {
                var reply = await gateway.SendAsync(method, path, token == "one " ? null : token);
                reply.Refused(401, "unauthorized");
                Assert.Equal("Bearer", reply.Headers.WwwAuthenticate.ToString());
            }
        }
    }

    [Fact]
    public async Task A_token_is_good_for_its_tenants_only()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.DeployAsync(Guests.Add);
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke", "one", headers: ("X-TensorWasm-Tenant", "2")))
            .Refused(403, "tenant_scope_denied");
        // Of another tenant's function nothing is told: what is and what is not there answer alike.
        var foreign = await gateway.SendAsync("POST", $"/functions/{id}/invoke", "two");
        foreign.Refused(404, "not_found");
        var missing = await gateway.SendAsync("POST", $"/functions/{Guid.NewGuid()}/invoke", "two");
        Assert.Equal(missing.Text, foreign.Text);
        foreach (var (method, path) in ((string, string)[])
            [("GET", ""), ("DELETE", ""), ("PATCH", ""), ("POST", "/invoke-stream"), ("POST", "/invoke-async")])
        {
            var reply = await gateway.SendAsync(method, $"/functions/{id}{path}", "two", json: "{}");
            reply.Refused(404, "not_found");
        }
        Assert.Equal(
            HttpStatusCode.OK,
            (await gateway.SendAsync("POST", $"/functions/{id}/invoke", "all", headers: ("X-TensorWasm-Tenant", "1"))).Status);
        (await gateway.SendAsync("POST", $"/functions/{id}/invoke", "all")).Refused(404, "not_found");
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("18446744073709551616")]
    [InlineData("x")]
    public async Task A_tenant_is_a_number(string tenant)
    {
        await using var gateway = await TestGateway.StartAsync();
        (await gateway.SendAsync("GET", "/functions", "all", headers: ("X-TensorWasm-Tenant", tenant)))
            .Refused(400, "missing_tenant");
    }

    [Fact]
    public async Task The_tenant_header_may_be_required()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { RequireTenant = true });
        (await gateway.SendAsync("GET", "/functions")).Refused(400, "missing_tenant");
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/functions", headers: ("X-TensorWasm-Tenant", "1"))).Status);
    }

    [Fact]
    public async Task Tokens_are_made_used_rotated_and_revoked()
    {
        await using var gateway = await TestGateway.StartAsync();
        var made = (await gateway.SendAsync(
            "POST", "/admin/tokens", TestGateway.Admin, new { name = "ci", tenants = new[] { 7 }, actions = new[] { "functions:read" } })).Json;
        var (id, secret) = (made.GetProperty("id").GetString()!, made.GetProperty("token").GetString()!);
        Assert.StartsWith("tw_", secret);
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/functions", secret)).Status);
        (await gateway.SendAsync("POST", "/functions", secret, "{}")).Refused(403, "action_denied");
        (await gateway.SendAsync("GET", "/admin/tokens", secret)).Refused(403, "action_denied");
        // The secret is nowhere: not in the list, not in the files.
        Assert.DoesNotContain(secret, (await gateway.SendAsync("GET", "/admin/tokens", TestGateway.Admin)).Text);
        foreach (var file in Directory.EnumerateFiles(gateway.Folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file).EndsWith("lock", StringComparison.Ordinal)) continue;
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Assert.DoesNotContain(secret, await new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        var successor = (await gateway.SendAsync(
            "POST", $"/admin/tokens/{id}/rotate", TestGateway.Admin, new { overlap_seconds = 60 })).Json.GetProperty("token").GetString()!;
        foreach (var token in (string[])[secret, successor])
        {
            Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/functions", token)).Status);
        }
        Assert.Equal(HttpStatusCode.NoContent, (await gateway.SendAsync("DELETE", $"/admin/tokens/{id}", TestGateway.Admin)).Status);
        (await gateway.SendAsync("GET", "/functions", secret)).Refused(401, "unauthorized");
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/functions", successor)).Status);
    }

    [Fact]
    public async Task Tokens_end_at_their_time_and_outlive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("tensorwasm-server-");
        var time = new ShiftedTime();
        var environment = new GatewayEnvironment { Time = time };
        try
        {
            string secret;
            await using (var first = await TestGateway.StartAsync(environment: environment, folder: folder.FullName))
            {
                var reply = await first.SendAsync(
                    "POST", "/admin/tokens", TestGateway.Admin, new { tenants = "*", expires_in_seconds = 3600 });
                secret = reply.Json.GetProperty("token").GetString()!;
            }
            await using var second = await TestGateway.StartAsync(environment: environment, folder: folder.FullName);
            Assert.Equal(HttpStatusCode.OK, (await second.SendAsync("GET", "/functions", secret)).Status);
            time.Offset = TimeSpan.FromHours(1);
            (await second.SendAsync("GET", "/functions", secret)).Refused(401, "unauthorized");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Nobody_hands_out_more_than_they_have()
    {
        await using var gateway = await TestGateway.StartAsync();
        var reply = await gateway.SendAsync(
            "POST", "/admin/tokens", TestGateway.Admin, new { tenants = new[] { 1 }, actions = new[] { "admin", "functions:read" } });
        var small = reply.Json.GetProperty("token").GetString();
        (await gateway.SendAsync("POST", "/admin/tokens", small, new { tenants = "*", actions = new[] { "functions:read" } }))
            .Refused(403, "action_denied");
        (await gateway.SendAsync("POST", "/admin/tokens", small, new { tenants = new[] { 1 }, actions = new[] { "invoke" } }))
            .Refused(403, "action_denied");
        Assert.Equal(
            HttpStatusCode.Created,
            (await gateway.SendAsync("POST", "/admin/tokens", small, new { tenants = new[] { 1 }, actions = new[] { "functions:read" } })).Status);
    }

    [Fact]
    public async Task Development_mode_asks_nobody_but_publishes_no_kernels()
    {
        await using var gateway = await TestGateway.StartAsync(
            options => options with { DevelopmentMode = true, Tokens = "", AdminToken = null });
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/functions", null)).Status);
    }

    [Theory]
    [InlineData("0.0.0.0:0", true, "reachable from outside")]
    [InlineData("127.0.0.1:0", false, null)]
    public void Unsafe_settings_are_refused(string listen, bool isWrong, string? text)
    {
        var errors = new List<string>();
        SettingsReader.Read(null, _ => null, [new("listen", listen)], errors);
        Assert.Equal(isWrong, errors.Count > 0);
        if (text is not null) Assert.Contains(text, errors[0]);
    }

    [Theory]
    [InlineData("a", "a=*", 1)]
    [InlineData("a:tenant=*,b:tenant=1,2,3,c", "a=*;b=1,2,3;c=*", 1)]
    [InlineData("a:tenant=x,b:tenant=5", "b=5", 1)]
    [InlineData(" a:tenant=1 , ,b:tenant=* ", "a=1;b=*", 0)]
    [InlineData(":tenant=1", "", 1)]
    public void Configured_tokens_have_TensorWasm_s_forms(string text, string expected, int warnings)
    {
        var found = new List<string>();
        var tokens = ConfiguredTokens.Parse(text, found);
        Assert.Equal(expected, string.Join(';', tokens.Select(token => $"{token.Token}={token.Scope}")));
        Assert.Equal(warnings, found.Count);
    }

    [Theory]
    [InlineData("""Hash=ab;Subject="CN=a,O=b";URI=spiffe://x""", "CN=a,O=b")]
    [InlineData("""Subject="CN=first",Hash=1;Subject="CN=\"last\"" """, "CN=\"last\"")]
    [InlineData("""Subject="CN=first",Hash=1""", null)]
    [InlineData("""Subject=CN=plain;Hash=1""", "CN=plain")]
    [InlineData("", null)]
    [InlineData("Subject", null)]
    [InlineData("Subject=\"", null)]
    public void A_forwarded_certificate_s_subject_is_read(string header, string? subject) =>
        Assert.Equal(subject, ClientCertificate.SubjectOf(header));

    [Fact]
    public async Task A_forwarded_certificate_counts_from_trusted_proxies_only()
    {
        foreach (var (proxies, subject) in ((string, string?)[])[("", null), ("10.0.0.0/8", null), ("127.0.0.0/8", "CN=x")])
        {
            await using var gateway = await TestGateway.StartAsync(options => options with { TrustedProxies = proxies });
            await gateway.SendAsync("POST", "/functions", json: "{}", headers: ("X-Forwarded-Client-Cert", "Subject=\"CN=x\""));
            var record = (await gateway.AuditAsync()).Single(record => record.GetProperty("action").GetString() == "create_function");
            Assert.Equal(subject, record.GetProperty("client_cert_subject").GetString());
        }
    }
}
