using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace TensorWasm.Server;

/// <summary>
/// HMAC-SHA256 of a token under the server's key, as a dictionary's key. Tokens hold 256 random bits, so a fast keyed
/// hash is as good as a slow one; and since nobody outside can compute it, a look-up's timing tells nothing.
/// </summary>
[InlineArray(Bytes)]
internal struct TokenHash : IEquatable<TokenHash>
{
    internal const int Bytes = HMACSHA256.HashSizeInBytes;

    // Presented tokens above this are refused unread.
    internal const int MaxTokenChars = 512;

    private byte _first;

    /// <summary>Hashes a presented token.</summary>
    /// <param name="hasher">HMAC-SHA256 under the server's key, with nothing added to it yet.</param>
    /// <param name="token">The token.</param>
    /// <param name="hash">Its hash.</param>
    internal static bool TryCompute(IncrementalHash hasher, ReadOnlySpan<char> token, out TokenHash hash)
    {
        hash = default;
        if (token.Length > MaxTokenChars) return false;
        Span<byte> utf8 = stackalloc byte[3 * MaxTokenChars];
        hasher.AppendData(utf8[..Encoding.UTF8.GetBytes(token, utf8)]);
        hasher.GetHashAndReset(hash);
        return true;
    }

    internal static TokenHash Of(ReadOnlySpan<byte> bytes)
    {
        TokenHash hash = default;
        bytes.CopyTo(hash);
        return hash;
    }

    internal byte[] ToArray() => ((ReadOnlySpan<byte>)this).ToArray();

    public readonly bool Equals(TokenHash other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    public override readonly bool Equals(object? obj) => obj is TokenHash other && Equals(other);

    public override readonly int GetHashCode() => Unsafe.ReadUnaligned<int>(in _first);
}
