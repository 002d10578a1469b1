using System.Text.Json;
using System.Text.RegularExpressions;

namespace TensorWasm.Server;

/// <summary>What a publisher signs: a kernel's name and version, and what its code is.</summary>
internal abstract partial class KernelManifest
{
    internal const string Hmac = "hmac-sha256";
    internal const string Ed25519 = "ed25519";

    protected KernelManifest(JsonElement json)
    {
        Name = Word(json, "name");
        Version = Word(json, "version");
        Publisher = Word(json, "publisher");
        PublishedUnixMilliseconds = json.Whole("published_unix_ms") ?? 0;
    }

    internal string Name { get; }

    internal string Version { get; }

    internal string Publisher { get; }

    internal long PublishedUnixMilliseconds { get; }

    /// <summary>hmac-sha256 or ed25519.</summary>
    internal abstract string Algorithm { get; }

    internal abstract byte[] Signature { get; }

    /// <summary>What it has code for, such as sm_80, in ascending order.</summary>
    internal abstract IReadOnlyCollection<string> Architectures { get; }

    /// <summary>The bytes that are signed.</summary>
    internal abstract byte[] SignedBytes();

    /// <summary>Whether a PTX text is the one that was signed for an architecture.</summary>
    internal abstract bool IsSigned(string architecture, ReadOnlySpan<byte> code);

    /// <summary>Reads a manifest: TensorWasm's if it has its one architecture, else ours.</summary>
    /// <exception cref="RefusalException">It is wrong.</exception>
    internal static KernelManifest Read(JsonElement json) =>
        json.TryGet("sm_version", out _) ? new CompatibleManifest(json) : new NativeManifest(json);

    private protected static bool IsArchitecture(string text) => Architecture().IsMatch(text);

    private static string Word(JsonElement json, string name) =>
        json.Text(name) is { } text && Words().IsMatch(text)
            ? text
            : throw JsonFields.Wrong(name, "1 to 128 letters, digits, dots, dashes, underscores or plus signs");

    [GeneratedRegex(@"^sm_[0-9]{2,3}a?\z")]
    private static partial Regex Architecture();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}\z")]
    private static partial Regex Words();
}
