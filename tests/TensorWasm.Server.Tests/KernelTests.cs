using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace TensorWasm.Server.Tests;

/// <summary>The kernel registry.</summary>
public sealed class KernelTests
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

    // RFC 8032, section 7.1: key, message, signature.
    [Theory]
    [InlineData("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Ed25519_verifies_as_the_RFC_s_vectors_say(string key, string message, string signature)
    {
        var (k, m, s) = (Convert.FromHexString(key), Convert.FromHexString(message), Convert.FromHexString(signature));
        Assert.True(Ed25519.Verify(k, m, s));
        Assert.False(Ed25519.Verify(k, [.. m, 0], s));
        for (var i = 0; i < s.Length; i += 9)
        {
            var changed = s.ToArray();
            changed[i] ^= 1;
            Assert.False(Ed25519.Verify(k, m, changed));
        }
        // S plus the group's order says the same of the curve, and is refused (section 5.1.7, step 1).
        var order = new System.Numerics.BigInteger(s.AsSpan(32), isUnsigned: true) + System.Numerics.BigInteger.Pow(2, 252)
            + System.Numerics.BigInteger.Parse("27742317777372353535851937790883648493", null);
        Assert.False(Ed25519.Verify(k, m, [.. s[..32], .. order.ToByteArray(isUnsigned: true).Concat(new byte[32]).Take(32)]));
    }

    private static object Body(string name = "noop", string ptx = Ptx, string? visibility = null, string? key = null)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Ptx)));
        var signed = $"tensorwasm-kernel-v1\0{name}\01.0.0\0sm_70\0{digest}\0acme\05\0";
        var signature = HMACSHA256.HashData(Convert.FromHexString(key ?? Key), Encoding.UTF8.GetBytes(signed));
        return new
        {
            manifest = new
            {
                name,
                version = "1.0.0",
                variants = new { sm_70 = digest },
                publisher = "acme",
                published_unix_ms = 5,
                algorithm = "hmac-sha256",
                signature = Convert.ToBase64String(signature),
            },
            ptx_text = ptx,
            visibility,
        };
    }

    [Fact]
    public async Task A_signed_kernel_is_published_for_its_tenant_alone_unless_it_is_shared()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { KernelHmacKey = Key, KernelPublishTokens = ["one"] });
        var reply = await gateway.SendAsync("POST", "/kernels", json: Body());
        Assert.True(reply.Status == HttpStatusCode.Created, reply.Text);
        Assert.Equal("""{"name":"noop","version":"1.0.0"}""", reply.Text);
        (await gateway.SendAsync("POST", "/kernels", json: Body())).Refused(409, "already_registered");
        Assert.Equal(Ptx, (await gateway.SendAsync("GET", "/kernels/noop/1.0.0")).Json.GetProperty("ptx_text").GetString());
        (await gateway.SendAsync("GET", "/kernels/noop/1.0.0", "two")).Refused(404, "not_found");
        await gateway.SendAsync("POST", "/kernels", json: Body("open", visibility: "shared"));
        var list = (await gateway.SendAsync("GET", "/kernels", "two")).Json.GetProperty("manifests");
        Assert.Equal("open", Assert.Single(list.EnumerateArray()).GetProperty("name").GetString());
        // Shared is for use: the source stays its owner's.
        Assert.False((await gateway.SendAsync("GET", "/kernels/open/1.0.0", "two")).Json.TryGetProperty("ptx_text", out _));
    }

    [Fact]
    public async Task What_is_not_signed_not_valid_or_not_allowed_is_refused()
    {
        await using (var gateway = await TestGateway.StartAsync())
        {
            (await gateway.SendAsync("POST", "/kernels", json: Body())).Refused(403, "kernel_publish_scope_required");
            (await gateway.SendAsync("POST", "/kernels", TestGateway.Admin, Body())).Refused(503, "kernel_registry_not_configured");
        }
        await using (var gateway = await TestGateway.StartAsync(options => options with { KernelHmacKey = Key }))
        {
            (await gateway.SendAsync("POST", "/kernels", TestGateway.Admin, Body(key: new string('8', 64)))).Refused(403, "bad_signature");
            (await gateway.SendAsync("POST", "/kernels", TestGateway.Admin, Body(ptx: Ptx + " "))).Refused(400, "digest_mismatch");
            (await gateway.SendAsync("POST", "/kernels", TestGateway.Admin, Body("../x"))).Refused(400, "invalid_request");
        }
        await using var development = await TestGateway.StartAsync(
            options => options with { DevelopmentMode = true, Tokens = "", AdminToken = null, KernelHmacKey = Key });
        (await development.SendAsync("POST", "/kernels", null, Body())).Refused(403, "kernel_publish_disabled_in_dev_mode");
    }

    // Made with BLAKE3 and HMAC of another implementation (noble-hashes 2.0), over the envelope that TensorWasm documents.
    private const string CompatibleDigest = "[100,166,191,136,232,151,246,38,125,154,165,112,175,1,216,64,145,39,145,243,189,219,79,223,191,239,135,65,251,34,8,130]";
    private const string CompatibleSignature = "[116,108,23,10,151,242,180,178,91,126,48,219,130,153,74,158,157,111,156,50,117,129,36,183,243,239,243,205,183,230,58,8]";

    private static string Compatible(string publisher = "acme", string ptx = Ptx) => $$"""
        {"manifest":{"name":"matmul.f32","version":"1.0.0","sm_version":70,"digest":{{CompatibleDigest}},
        "signature":{{CompatibleSignature}},"published_unix_ms":1750000000000,"publisher":"{{publisher}}","launch_geometry":null},
        "ptx_text":{{System.Text.Json.JsonSerializer.Serialize(ptx)}}}
        """;

    [Fact]
    public async Task TensorWasm_s_publishers_need_not_change()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { KernelHmacKey = Key });
        (await gateway.SendAsync("POST", "/kernels", TestGateway.Admin, Compatible("other"))).Refused(403, "bad_signature");
        (await gateway.SendAsync("POST", "/kernels", TestGateway.Admin, Compatible(ptx: Ptx + " "))).Refused(400, "digest_mismatch");
        (await gateway.SendAsync("POST", "/kernels", TestGateway.Admin, Compatible().Replace("[100,", "[300,", StringComparison.Ordinal)))
            .Refused(400, "invalid_request");
        (await gateway.SendAsync("POST", "/kernels", TestGateway.Admin, Compatible().Replace("[100,", "[", StringComparison.Ordinal)))
            .Refused(400, "invalid_request");
        var reply = await gateway.SendAsync("POST", "/kernels", TestGateway.Admin, Compatible());
        Assert.True(reply.Status == HttpStatusCode.Created, reply.Text);
        var kernel = (await gateway.SendAsync("GET", "/kernels/matmul.f32/1.0.0", TestGateway.Admin)).Json;
        Assert.Equal(Ptx, kernel.GetProperty("ptx_text").GetString());
        Assert.Equal(CompatibleDigest, kernel.GetProperty("manifest").GetProperty("digest").GetRawText());
    }

    [Fact]
    public async Task A_kernel_is_shared_on_purpose_and_deleted_by_its_owner()
    {
        await using var gateway = await TestGateway.StartAsync(
            options => options with { KernelHmacKey = Key, KernelPublishTokens = ["one", "two"] });
        await gateway.SendAsync("POST", "/kernels", json: Body());
        var share = new { visibility = "shared" };
        (await gateway.SendAsync("PATCH", "/kernels/noop/1.0.0", "two", share)).Refused(404, "not_found");
        (await gateway.SendAsync("PATCH", "/kernels/noop/1.0.0", json: new { visibility = "x" })).Refused(400, "invalid_request");
        (await gateway.SendAsync("PATCH", "/kernels/noop/1.0.0", json: "{}")).Refused(400, "invalid_request");
        var shared = await gateway.SendAsync("PATCH", "/kernels/noop/1.0.0", json: share);
        Assert.Equal("shared", shared.Json.GetProperty("visibility").GetString());
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/kernels/noop/1.0.0", "two")).Status);
        // What a tenant has by itself comes first, and a shared name is taken.
        await gateway.SendAsync("POST", "/kernels", "two", Body());
        (await gateway.SendAsync("PATCH", "/kernels/noop/1.0.0", "two", share)).Refused(409, "already_registered");
        Assert.Equal(HttpStatusCode.NoContent, (await gateway.SendAsync("DELETE", "/kernels/noop/1.0.0", "two")).Status);
        (await gateway.SendAsync("DELETE", "/kernels/noop/1.0.0", "two")).Refused(404, "not_found");
        await gateway.SendAsync("PATCH", "/kernels/noop/1.0.0", json: new { visibility = "private" });
        (await gateway.SendAsync("GET", "/kernels/noop/1.0.0", "two")).Refused(404, "not_found");
        Assert.Equal(HttpStatusCode.NoContent, (await gateway.SendAsync("DELETE", "/kernels/noop/1.0.0")).Status);
        (await gateway.SendAsync("GET", "/kernels/noop/1.0.0")).Refused(404, "not_found");
    }
}
