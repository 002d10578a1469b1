using System.Net;

namespace TensorWasm.Server;

/// <summary>What only shows when several settings are looked at together.</summary>
internal static class OptionsValidator
{
    internal static void Check(GatewayOptions options, ICollection<string> errors)
    {
        var isLoopback = IPAddress.IsLoopback(options.Listen.Address);
        if (!isLoopback && options.TlsCertificate is null && !options.AllowPlaintextPublic)
        {
            errors.Add(
                $"listen: {options.Listen} is reachable from outside, and tokens would cross the network in plain text: "
                + "give a certificate (tls.certificate), or say --allow-plaintext-public where a proxy speaks TLS.");
        }
        if (options.DevelopmentMode && !isLoopback)
        {
            errors.Add($"dev_mode: without tokens the server only listens on loopback, not on {options.Listen}.");
        }
        if (options.DevelopmentMode && (options.Tokens.Length > 0 || options.AdminToken is not null))
        {
            errors.Add("dev_mode: tokens are configured; either they are asked for, or nobody is.");
        }
        if (options.TlsKey is not null && options.TlsCertificate is null)
        {
            errors.Add("tls.key: a key without tls.certificate.");
        }
        if ((options.TlsClientAuthorities is not null || options.TlsRequireClientCertificate)
            && options.TlsCertificate is null)
        {
            errors.Add("tls.client_authorities: client certificates need TLS: give tls.certificate.");
        }
        if (options.TlsRequireClientCertificate && options.TlsClientAuthorities is null)
        {
            errors.Add("tls.require_client_certificate: give tls.client_authorities, by which they are judged.");
        }
        if (options.AuditRequired && options.AuditLog == "none")
        {
            errors.Add("audit.required: the audit log is switched off.");
        }
        foreach (var publisher in options.KernelPublishers)
        {
            var separator = publisher.IndexOf('=', StringComparison.Ordinal);
            var key = new byte[33];
            if (separator <= 0 || !Convert.TryFromBase64String(publisher[(separator + 1)..], key, out var length)
                || length != 32)
            {
                errors.Add($"kernels.publishers: '{publisher}' is not a name, '=' and an Ed25519 key in base64.");
            }
        }
    }
}
