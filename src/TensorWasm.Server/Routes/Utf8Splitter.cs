using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace TensorWasm.Server;

/// <summary>Cuts a stream of UTF-8 between characters: what may go on in the next piece is held back.</summary>
internal sealed class Utf8Splitter
{
    private byte[] _held = [];

    /// <summary>Whether nothing is held back.</summary>
    internal bool IsWhole => _held.Length == 0;

    /// <summary>Adds bytes.</summary>
    /// <param name="bytes">The next piece.</param>
    /// <param name="whole">Gets what is whole by now; may be empty.</param>
    /// <returns>False if the bytes are not UTF-8.</returns>
    internal bool TryAppend(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> whole)
    {
        var all = _held.Length == 0 ? bytes : (byte[])[.. _held, .. bytes];
        var length = all.Length - HeldBytes(all);
        whole = all[..length];
        _held = all[length..].ToArray();
        return Utf8.IsValid(whole);
    }

    // At most the last three bytes can belong to a character that goes on.
    private static int HeldBytes(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var tail = bytes[^back..];
            if ((tail[0] & 0xC0) == 0x80) continue;
            return Rune.DecodeFromUtf8(tail, out _, out _) == OperationStatus.NeedMoreData ? back : 0;
        }
        return 0;
    }
}
