using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Our manifest: SHA-256 of the code for several architectures, signed as <see cref="KernelEnvelope"/> says.</summary>
internal sealed class NativeManifest : KernelManifest
{
    private const int MaxVariants = 16;

    private readonly SortedDictionary<string, Digest> _variants = new(StringComparer.Ordinal);

    internal NativeManifest(JsonElement json) : base(json)
    {
        if (json.Object("variants") is not { } variants) throw JsonFields.Wrong("variants", "an object of digests by architecture");
        foreach (var member in variants.EnumerateObject())
        {
            if (!IsArchitecture(member.Name) || member.Value.ValueKind != JsonValueKind.String
                || !Digest.TryParse(member.Value.AsText("variants"), null, out var digest))
            {
                throw JsonFields.Wrong("variants", "an object of SHA-256 digests by architecture, such as sm_80");
            }
            _variants[member.Name] = digest;
        }
        if (_variants.Count is 0 or > MaxVariants) throw JsonFields.Wrong("variants", $"of 1 to {MaxVariants} architectures");
        var signature = new byte[128];
        if (!Convert.TryFromBase64String(json.Text("signature") ?? "", signature, out var length))
        {
            throw JsonFields.Wrong("signature", "base64");
        }
        Signature = signature[..length];
        Algorithm = json.Text("algorithm") ?? "";
    }

    internal override string Algorithm { get; }

    internal override byte[] Signature { get; }

    internal override IReadOnlyCollection<string> Architectures => _variants.Keys;

    internal override byte[] SignedBytes() => KernelEnvelope.Write(
        Name, Version, _variants.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value.Text)), Publisher,
        PublishedUnixMilliseconds);

    internal override bool IsSigned(string architecture, ReadOnlySpan<byte> code) =>
        _variants.TryGetValue(architecture, out var digest) && Digest.Of(code) == digest;
}
