using System.Buffers;
using System.Globalization;

namespace TensorWasm.Server;

/// <summary>What a check of an audit log found.</summary>
/// <param name="Records">Records that are whole and in their place, up to the first that is not.</param>
/// <param name="Head">The end of the good part.</param>
/// <param name="Problem">File, line and what is wrong with it; null if the log is whole.</param>
public sealed record AuditCheck(long Records, AuditHead Head, string? Problem)
{
    /// <summary>Checks a log with all its files.</summary>
    /// <param name="path">The log's path, without a number.</param>
    /// <param name="key">The server's key.</param>
    /// <param name="earlier">An end that the chain had before, as <see cref="AuditHead.ToString"/> has it: the log must
    /// still hold that record. Null: any log that is whole in itself is good, also one that was cut at its end.</param>
    /// <param name="token">Ends the check early.</param>
    /// <exception cref="IOException">A file can't be read.</exception>
    public static AuditCheck Of(string path, ServerKey key, string? earlier = null, CancellationToken token = default)
    {
        var files = AuditFile.FilesOf(path);
        if (files.Count == 0) return new(0, AuditHead.Empty, $"{path}: there is no audit log");
        var chainKey = AuditLog.AuditKey(key);
        var head = AuditHead.Empty;
        var isEarlierSeen = earlier is null;
        foreach (var file in files)
        {
            var problem = CheckFile(
                file, file == files[^1], chainKey, ref head, now => isEarlierSeen |= now.ToString() == earlier, token);
            if (problem is not null) return new(head.Sequence, head, problem);
        }
        return new(head.Sequence, head, isEarlierSeen ? null : $"{path}: the record {earlier} is not in it");
    }

    private static string? CheckFile(
        string path, bool isLast, byte[] key, ref AuditHead head, Action<AuditHead> onRecord, CancellationToken token)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var buffer = new byte[2 * AuditFormat.MaxLineBytes];
        var hash = new byte[AuditFormat.HashBytes];
        int filled = 0, line = 0;
        while (true)
        {
            token.ThrowIfCancellationRequested();
            var read = file.Read(buffer, filled, buffer.Length - filled);
            filled += read;
            var start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is var length and >= 0)
            {
                line++;
                var sequence = head.Sequence + 1;
                if (AuditFormat.Check(buffer.AsSpan(start, length + 1), ref sequence, head.Hash, hash, key) is { } problem)
                {
                    return string.Create(CultureInfo.InvariantCulture, $"{path}:{line}: {problem}");
                }
                head = new(sequence, hash.ToArray());
                onRecord(head);
                start += length + 1;
            }
            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length) return $"{path}:{line + 1}: the line is too long";
            if (read > 0) continue;
            // A running server may be in the middle of the last line.
            return filled == 0 || isLast ? null : $"{path}:{line + 1}: the line is cut off";
        }
    }
}
