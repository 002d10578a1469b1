using System.Security.Cryptography;
using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>Checks kernels' signatures without a server.</summary>
public static class KernelSignature
{
    /// <summary>What is wrong with a signed kernel; null if nothing.</summary>
    /// <param name="manifest">The manifest's JSON, or an object that has it as its member <c>manifest</c>.</param>
    /// <param name="name">The name that it must have.</param>
    /// <param name="version">The version that it must have.</param>
    /// <param name="hmacKey">The key of a signature by HMAC-SHA256.</param>
    /// <param name="publicKey">The publisher's key of an Ed25519 signature, 32 bytes.</param>
    /// <param name="codes">PTX texts, each of which must be one of those that were signed.</param>
    public static string? ProblemOf(
        ReadOnlyMemory<byte> manifest, string name, string version, byte[]? hmacKey, byte[]? publicKey,
        IReadOnlyList<byte[]> codes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        KernelManifest read;
        try
        {
            using var json = JsonDocument.Parse(manifest);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return "The manifest is no JSON object.";
            read = KernelManifest.Read(json.RootElement.Object("manifest") ?? json.RootElement);
        }
        catch (JsonException)
        {
            return "The manifest is not JSON.";
        }
        catch (RefusalException e)
        {
            return e.Error.Message;
        }
        if (read.Name != name || read.Version != version) return $"The manifest is of {read.Name}@{read.Version}.";
        var isSigned = read.Algorithm switch
        {
            KernelManifest.Hmac => hmacKey is not null && CryptographicOperations.FixedTimeEquals(
                HMACSHA256.HashData(hmacKey, read.SignedBytes()), read.Signature),
            KernelManifest.Ed25519 => publicKey is not null
                && Server.Ed25519.Verify(publicKey, read.SignedBytes(), read.Signature),
            _ => false,
        };
        if (!isSigned) return $"The signature, by {read.Algorithm}, is not this key's.";
        foreach (var code in codes)
        {
            if (!read.Architectures.Any(architecture => read.IsSigned(architecture, code))) return "A PTX file is not what was signed.";
        }
        return null;
    }
}
