using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace TensorWasm.Runtime;

/// <summary>The SHA-256 digest of some bytes, which is also their name.</summary>
public readonly record struct Digest : IParsable<Digest>
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary>64 hexadecimal digits in lower case.</summary>
    public string Text => _text ?? new string('0', 64);

    /// <summary>The digest of bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return FromHash(hash);
    }

    /// <summary>Wraps a digest that was computed already.</summary>
    /// <exception cref="ArgumentException">It has not 32 bytes.</exception>
    public static Digest FromHash(ReadOnlySpan<byte> hash) =>
        hash.Length == SHA256.HashSizeInBytes
            ? new Digest(Convert.ToHexStringLower(hash))
            : throw new ArgumentException("A SHA-256 digest has 32 bytes.", nameof(hash));

    /// <inheritdoc/>
    public static Digest Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException($"'{s}' is no SHA-256 digest.");

    /// <summary>Reads 64 hexadecimal digits in lower case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Digest result)
    {
        var isDigest = s is { Length: 64 } && !s.AsSpan().ContainsAnyExcept(Digits);
        result = isDigest ? new Digest(s!) : default;
        return isDigest;
    }

    /// <summary>The digits.</summary>
    public override string ToString() => Text;
}
