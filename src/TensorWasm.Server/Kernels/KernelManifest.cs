using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>What a publisher signs: a kernel's name and version, and the digest of its code for each architecture.</summary>
internal sealed partial record KernelManifest
{
    private const int MaxVariants = 16;

    internal required string Name { get; init; }

    internal required string Version { get; init; }

    /// <summary>SHA-256 digests of PTX texts by architecture, such as sm_80.</summary>
    internal required SortedDictionary<string, Digest> Variants { get; init; }

    internal required string Publisher { get; init; }

    internal required long PublishedUnixMilliseconds { get; init; }

    /// <summary>hmac-sha256 or ed25519.</summary>
    internal required string Algorithm { get; init; }

    internal required byte[] Signature { get; init; }

    /// <summary>
    /// The bytes that are signed: texts in UTF-8, each followed by a NUL, which none of them holds: the form's name, name,
    /// version, each architecture and its digest in ascending order, publisher, time.
    /// </summary>
    internal byte[] SignedBytes()
    {
        var text = new StringBuilder("tensorwasm-kernel-v1\0").Append(Name).Append('\0').Append(Version).Append('\0');
        foreach (var (architecture, digest) in Variants) text.Append(architecture).Append('\0').Append(digest.Text).Append('\0');
        text.Append(Publisher).Append('\0').Append(PublishedUnixMilliseconds.ToString(CultureInfo.InvariantCulture)).Append('\0');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="RefusalException">It is wrong.</exception>
    internal static KernelManifest Read(JsonElement json)
    {
        if (json.Object("variants") is not { } variants) throw JsonFields.Wrong("variants", "an object of digests by architecture");
        var digests = new SortedDictionary<string, Digest>(StringComparer.Ordinal);
        foreach (var member in variants.EnumerateObject())
        {
            if (!Architecture().IsMatch(member.Name) || member.Value.ValueKind != JsonValueKind.String
                || !Digest.TryParse(member.Value.AsText("variants"), null, out var digest))
            {
                throw JsonFields.Wrong("variants", "an object of SHA-256 digests by architecture, such as sm_80");
            }
            digests[member.Name] = digest;
        }
        if (digests.Count is 0 or > MaxVariants) throw JsonFields.Wrong("variants", $"of 1 to {MaxVariants} architectures");
        var signature = new byte[128];
        if (!Convert.TryFromBase64String(json.Text("signature") ?? "", signature, out var length))
        {
            throw JsonFields.Wrong("signature", "base64");
        }
        return new()
        {
            Name = Word(json, "name"),
            Version = Word(json, "version"),
            Variants = digests,
            Publisher = Word(json, "publisher"),
            PublishedUnixMilliseconds = json.Whole("published_unix_ms") ?? 0,
            Algorithm = json.Text("algorithm") ?? "",
            Signature = signature[..length],
        };
    }

    private static string Word(JsonElement json, string name) =>
        json.Text(name) is { } text && Words().IsMatch(text)
            ? text
            : throw JsonFields.Wrong(name, "1 to 128 letters, digits, dots, dashes, underscores or plus signs");

    [GeneratedRegex(@"^sm_[0-9]{2,3}a?\z")]
    private static partial Regex Architecture();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}\z")]
    private static partial Regex Words();
}
