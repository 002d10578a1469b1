using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace TensorWasm.Server;

/// <summary>Kestrel's limits, address and certificates.</summary>
internal static class KestrelSetup
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>A client may be slow for so long before its rate counts: 5 s, as Kestrel.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    internal static void Configure(IWebHostBuilder host, GatewayOptions options)
    {
        host.UseKestrelCore();
        // What a socket's event brings goes on where it was taken up, on a thread of the pool, without two more queues.
        host.UseSockets(static sockets => sockets.UnsafePreferInlineScheduling = true);
        if (options.TlsCertificate is not null) host.UseKestrelHttpsConfiguration();
        host.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            var limits = kestrel.Limits;
            limits.MaxRequestBodySize = options.MaxBodyBytes;
            limits.MaxRequestHeadersTotalSize = options.MaxHeaderBytes;
            limits.MaxConcurrentConnections = options.MaxConnections;
            limits.RequestHeadersTimeout = options.HeaderTimeout;
            limits.MinRequestBodyDataRate = new MinDataRate(options.MinBytesPerSecond, Grace);
            limits.MinResponseDataRate = new MinDataRate(options.MinBytesPerSecond, Grace);
            kestrel.Listen(options.Listen, listen =>
            {
                if (options.TlsCertificate is { } certificate) listen.UseHttps(Https(certificate, options));
            });
        });
    }

    private static HttpsConnectionAdapterOptions Https(string certificate, GatewayOptions options)
    {
        var https = new HttpsConnectionAdapterOptions
        {
            ServerCertificate = Load(certificate, options.TlsKey),
            ServerCertificateChain = Chain(certificate),
        };
        if (options.TlsClientAuthorities is not { } authorities) return https;
        var trusted = Chain(authorities);
        https.ClientCertificateMode = options.TlsRequireClientCertificate
            ? ClientCertificateMode.RequireCertificate
            : ClientCertificateMode.AllowCertificate;
        https.ClientCertificateValidation = (shown, _, _) => IsTrusted(shown, trusted);
        return https;
    }

    private static bool IsTrusted(X509Certificate2 shown, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // Only certificates that were made for clients: a server's of the same authority is not one.
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain.Build(shown);
    }

    private static X509Certificate2 Load(string certificate, string? key)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (CryptographicException e)
        {
            throw new FormatException($"{certificate} holds no certificate with its key in PEM form: {e.Message}", e);
        }
    }

    private static X509Certificate2Collection Chain(string path)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPemFile(path);
        }
        catch (CryptographicException e)
        {
            throw new FormatException($"{path} holds no certificates in PEM form: {e.Message}", e);
        }
        return chain;
    }
}
