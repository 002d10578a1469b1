using System.Security.Cryptography;

namespace TensorWasm.Server;

/// <summary>Whose signatures of kernels are accepted: publishers with their Ed25519 keys, and who knows the HMAC key.</summary>
internal sealed class KernelTrust
{
    private readonly byte[]? _hmacKey;
    private readonly Dictionary<string, byte[]> _publishers = new(StringComparer.Ordinal);

    internal KernelTrust(string? hmacKey, IReadOnlyList<string> publishers)
    {
        _hmacKey = hmacKey is null ? null : Convert.FromHexString(hmacKey);
        foreach (var entry in publishers)
        {
            // A key in base64 may end with '=' itself: the first one separates.
            var separator = entry.IndexOf('=', StringComparison.Ordinal);
            _publishers[entry[..separator]] = Convert.FromBase64String(entry[(separator + 1)..]);
        }
    }

    internal bool IsConfigured => _hmacKey is not null || _publishers.Count > 0;

    /// <summary>What is wrong with a manifest's signature; null if nothing.</summary>
    internal GatewayError? Check(KernelManifest manifest)
    {
        switch (manifest.Algorithm)
        {
            case KernelManifest.Ed25519:
                if (!_publishers.TryGetValue(manifest.Publisher, out var key))
                {
                    return GatewayError.Forbidden(ErrorKind.PublisherNotAllowed, "This server knows no key of that publisher.");
                }
                return Ed25519.Verify(key, manifest.SignedBytes(), manifest.Signature) ? null : Bad();
            case KernelManifest.Hmac when _hmacKey is not null:
                var expected = HMACSHA256.HashData(_hmacKey, manifest.SignedBytes());
                return CryptographicOperations.FixedTimeEquals(expected, manifest.Signature) ? null : Bad();
            default:
                return GatewayError.Forbidden(
                    ErrorKind.BadSignature, "This server does not accept that algorithm: ed25519, or hmac-sha256 where a key is set.");
        }
    }

    private static GatewayError Bad() =>
        GatewayError.Forbidden(ErrorKind.BadSignature, "The manifest's signature is not its publisher's.");
}
