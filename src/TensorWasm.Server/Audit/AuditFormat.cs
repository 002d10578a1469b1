using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>
/// The form of an audit record: one line of JSON whose last two members are <c>prev</c>, the hash of the record before
/// it, and <c>hash</c>, HMAC-SHA256 of the line's bytes before <c>,"hash"</c>. Whoever changes, drops or reorders lines
/// breaks the chain, and without the key can't mend it.
/// </summary>
internal static class AuditFormat
{
    internal const int HashBytes = HMACSHA256.HashSizeInBytes;

    /// <summary>Longer lines are no records: a reader need not hold more.</summary>
    internal const int MaxLineBytes = 64 << 10;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? Line;

    [ThreadStatic]
    private static Utf8JsonWriter? Writer;

    private static ReadOnlySpan<byte> HashMember => ",\"hash\":\""u8;

    private static ReadOnlySpan<byte> LineEnd => "\"}\n"u8;

    private static int SuffixBytes => HashMember.Length + 2 * HashBytes + LineEnd.Length;

    /// <summary>Appends a record's line.</summary>
    /// <param name="output">Gets the line with its line feed.</param>
    /// <param name="record">The record.</param>
    /// <param name="sequence">Its number, counted from 1.</param>
    /// <param name="head">The hash of the record before it, zeros at the chain's beginning; becomes this one's.</param>
    /// <param name="hasher">HMAC-SHA256 under the chain's key, with nothing added to it yet.</param>
    internal static void Append(
        ArrayBufferWriter<byte> output, AuditEvent record, long sequence, Span<byte> head, IncrementalHash hasher)
    {
        // Built aside: a buffer writer can't take back the closing brace, behind which nothing may stand.
        var line = Line ??= new ArrayBufferWriter<byte>(1 << 10);
        line.ResetWrittenCount();
        var writer = Writer ??= new Utf8JsonWriter(line, JsonReply.WriterOptions);
        writer.Reset(line);
        Write(writer, record, sequence, head);
        writer.Flush();
        var content = line.WrittenSpan[..^1];
        hasher.AppendData(content);
        hasher.GetHashAndReset(head);
        output.Write(content);
        output.Write(HashMember);
        Span<byte> digits = stackalloc byte[2 * HashBytes];
        Convert.TryToHexStringLower(head, digits, out _);
        output.Write(digits);
        output.Write(LineEnd);
    }

    /// <summary>Checks one line against the chain.</summary>
    /// <param name="line">The line with its line feed.</param>
    /// <param name="sequence">The number that it must have; 0: any, and then it is told.</param>
    /// <param name="head">The hash that it must name as the one before it, unless empty.</param>
    /// <param name="hash">Gets the hash that it has.</param>
    /// <param name="key">The chain's key; empty: believe the hash that is written.</param>
    /// <returns>What is wrong; null if nothing.</returns>
    internal static string? Check(
        ReadOnlySpan<byte> line, ref long sequence, ReadOnlySpan<byte> head, Span<byte> hash, ReadOnlySpan<byte> key)
    {
        if (line.Length < SuffixBytes || !line.EndsWith(LineEnd)) return "the line is cut off";
        var content = line[..^SuffixBytes];
        var suffix = line[^SuffixBytes..];
        if (!suffix.StartsWith(HashMember)) return "the line does not end with a hash";
        var digits = suffix.Slice(HashMember.Length, 2 * HashBytes);
        if (Convert.FromHexString(digits, hash, out _, out _) != OperationStatus.Done) return "the hash is no hash";
        if (!key.IsEmpty)
        {
            Span<byte> expected = stackalloc byte[HashBytes];
            HMACSHA256.HashData(key, content, expected);
            if (!CryptographicOperations.FixedTimeEquals(expected, hash)) return "the record was changed, or the key is another";
        }
        return CheckLink(line[..^1], ref sequence, head);
    }

    private static string? CheckLink(ReadOnlySpan<byte> json, ref long sequence, ReadOnlySpan<byte> head)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            var number = root.GetProperty("seq").GetInt64();
            if (sequence != 0 && number != sequence)
            {
                return string.Create(CultureInfo.InvariantCulture, $"record {number} stands where {sequence} belongs");
            }
            sequence = number;
            var previous = Convert.FromHexString(root.GetProperty("prev").GetString()!);
            return head.IsEmpty || previous.AsSpan().SequenceEqual(head) ? null : "the record before it is another";
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return "the line is no audit record";
        }
    }

    private static void Write(Utf8JsonWriter writer, AuditEvent record, long sequence, ReadOnlySpan<byte> head)
    {
        writer.WriteStartObject();
        writer.WriteNumber("seq"u8, sequence);
        writer.WriteNumber("ts_unix_ms"u8, record.UnixMilliseconds);
        if (record.Phase is { } phase) writer.WriteString("phase"u8, phase);
        writer.WriteString("request_id"u8, record.RequestId);
        writer.WriteString("trace_id"u8, record.TraceId);
        WriteActor(writer, record.Actor);
        writer.WriteString("action"u8, record.Action);
        writer.WriteStartObject("resource"u8);
        if (record.Tenant is { } tenant) writer.WriteNumber("tenant_id"u8, tenant);
        foreach (var (name, value) in record.Resource) writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.WriteStartObject("outcome"u8);
        writer.WriteNumber("status_code"u8, record.Status);
        writer.WriteString("error_kind"u8, record.ErrorKind);
        writer.WriteEndObject();
        writer.WriteNumber("latency_ms"u8, Math.Round(record.Latency.TotalMilliseconds, 3));
        writer.WriteString("peer_addr"u8, record.PeerAddress);
        writer.WriteString("client_cert_subject"u8, record.CertificateSubject);
        Span<byte> digits = stackalloc byte[2 * HashBytes];
        Convert.TryToHexStringLower(head, digits, out _);
        writer.WriteString("prev"u8, digits);
        writer.WriteEndObject();
    }

    private static void WriteActor(Utf8JsonWriter writer, Caller actor)
    {
        writer.WriteStartObject("actor"u8);
        writer.WriteString("kind"u8, actor.Kind switch
        {
            CallerKind.Bearer => "bearer"u8,
            CallerKind.Development => "dev"u8,
            _ => "anonymous"u8,
        });
        writer.WriteString("token_id"u8, actor.TokenId);
        writer.WriteStartObject("scope"u8);
        writer.WriteString("kind"u8, actor.Kind == CallerKind.Development ? "dev"u8
            : actor.Scope.IsAll ? "wildcard"u8 : "tenant_set"u8);
        writer.WriteStartArray("tenants"u8);
        foreach (var tenant in actor.Scope.Tenants) writer.WriteNumberValue(tenant);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
