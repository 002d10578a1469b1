using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>Reads what a model emits: one JSON object a line; lines may be cut anywhere by chunks.</summary>
internal sealed class ModelRecords
{
    /// <summary>The longest line: an embedding of 65,536 dimensions fits.</summary>
    private const int MaxLineBytes = 2 << 20;

    private static readonly string[] FinishReasons = ["stop", "length", "tool_calls", "content_filter"];

    private readonly ArrayBufferWriter<byte> _line = new();

    /// <summary>The records that a chunk completes.</summary>
    /// <exception cref="RefusalException">The model does not keep to the interface.</exception>
    internal IReadOnlyList<ModelRecord> Append(ReadOnlySpan<byte> chunk)
    {
        var records = new List<ModelRecord>(1);
        while (chunk.IndexOf((byte)'\n') is var end and >= 0)
        {
            _line.Write(chunk[..end]);
            chunk = chunk[(end + 1)..];
            if (_line.WrittenCount > 0) records.Add(Read(_line.WrittenMemory));
            _line.ResetWrittenCount();
        }
        if (_line.WrittenCount + chunk.Length > MaxLineBytes) throw Wrong("a record is longer than 2 MiB");
        _line.Write(chunk);
        return records;
    }

    /// <summary>The guest has ended: nothing may be left.</summary>
    /// <exception cref="RefusalException">Something is.</exception>
    internal void End()
    {
        if (_line.WrittenCount > 0) throw Wrong("its last record has no line feed");
    }

    private static ModelRecord Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Read(document.RootElement);
        }
        catch (RefusalException e)
        {
            throw Wrong(e.Error.Message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Wrong("a record is no JSON object in UTF-8");
        }
    }

    private static ModelRecord Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw Wrong("a record is no JSON object");
        return new()
        {
            Index = (int)(json.Whole("index", 0, 100_000) ?? 0),
            PromptTokens = (int?)json.Whole("prompt_tokens", 0, int.MaxValue),
            Token = json.Text("token"),
            Logprob = json.Number("logprob", double.MinValue, 0),
            Top = json.Object("top") is { } top ? ReadTop(top) : [],
            Finish = json.Text("finish") is { } reason
                ? Array.Find(FinishReasons, known => known == reason) ?? throw Wrong($"there is no finish reason '{reason}'")
                : null,
            ToolCall = json.Object("tool_call") is { } call
                ? (call.Text("id") ?? $"call_{Guid.NewGuid():N}", call.Text("name") ?? throw Wrong("a tool call has no name"),
                    call.Text("arguments") ?? "{}")
                : null,
            Embedding = ReadEmbedding(json),
            Error = json.Object("error") is { } error
                ? new(ErrorKind.InvalidRequest, 400, error.Text("message") ?? "The model refuses the request.")
                {
                    Code = error.Text("code"),
                    Parameter = error.Text("param"),
                }
                : null,
        };
    }

    private static List<(string, double)> ReadTop(JsonElement json) =>
        [.. json.EnumerateObject().Select(member => (member.Name, member.Value.GetDouble()))];

    private static float[]? ReadEmbedding(JsonElement json)
    {
        if (json.TryGet("embedding_b64", out var encoded))
        {
            return encoded.ValueKind == JsonValueKind.String && encoded.TryGetBytesFromBase64(out var bytes) && bytes.Length % 4 == 0
                ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
                : throw Wrong("embedding_b64 is no base64 of floats");
        }
        return json.Array("embedding") is { } values ? [.. values.EnumerateArray().Select(value => value.GetSingle())] : null;
    }

    private static RefusalException Wrong(string what) => new(new(
        ErrorKind.GuestFailed, 500, $"The model does not keep to the model interface: {what}"));
}
