using System.Text;

namespace TensorWasm.Server;

/// <summary>One of the answers that a model gives to a request.</summary>
internal sealed class Choice(int index, GenerationRequest request)
{
    private readonly StopText _stop = new(request.Stops);
    private readonly StringBuilder _text = new();

    internal int Index { get; } = index;

    /// <summary>What the client gets of the text so far.</summary>
    internal string Text => _text.ToString();

    internal List<ModelRecord> Tokens { get; } = [];

    internal List<(string Id, string Name, string Arguments)> ToolCalls { get; } = [];

    internal int TokenCount { get; private set; }

    /// <summary>Why it ended; null while it has not.</summary>
    internal string? Finish { get; private set; }

    /// <summary>Adds text that the model did not make, such as the echoed prompt.</summary>
    internal void Prepend(string text) => _text.Append(text);

    /// <summary>Takes a record; answers what the client gets for it, if anything.</summary>
    internal ChoiceDelta? Add(ModelRecord record)
    {
        if (Finish is not null) return null;
        if (record.ToolCall is { } call)
        {
            ToolCalls.Add(call);
            return new(this, "", null, call);
        }
        if (record.Token is { } token)
        {
            TokenCount++;
            if (request.Logprobs is not null) Tokens.Add(record);
            var released = _stop.Add(token);
            if (_stop.IsStopped) Finish = "stop";
            else if (TokenCount >= request.MaxTokens)
            {
                released += _stop.End();
                Finish = "length";
            }
            _text.Append(released);
            return released.Length > 0 || request.Logprobs is not null ? new(this, released, record, null) : null;
        }
        return record.Finish is { } reason ? End(reason) : null;
    }

    /// <summary>Ends the choice, if it has not ended.</summary>
    internal ChoiceDelta? End(string reason)
    {
        if (Finish is not null) return null;
        Finish = ToolCalls.Count > 0 && reason == "stop" ? "tool_calls" : reason;
        var rest = _stop.End();
        _text.Append(rest);
        return rest.Length > 0 ? new(this, rest, null, null) : null;
    }
}
