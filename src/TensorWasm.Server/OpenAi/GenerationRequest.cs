using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>A request for text, as far as the gateway itself must know it; the model gets all of it.</summary>
internal sealed record GenerationRequest
{
    internal const int MaxChoices = 128;
    internal const int MaxStops = 16;

    internal required string Model { get; init; }

    internal required bool IsChat { get; init; }

    /// <summary>Prompts, each of which gets <see cref="Count"/> choices; one for chats.</summary>
    internal int Prompts { get; init; } = 1;

    internal int Count { get; init; } = 1;

    internal int MaxTokens { get; init; } = int.MaxValue;

    internal IReadOnlyList<string> Stops { get; init; } = [];

    /// <summary>How many likeliest tokens to tell of each; null: no log probabilities.</summary>
    internal int? Logprobs { get; init; }

    internal bool IsStreamed { get; init; }

    internal bool IncludeUsage { get; init; }

    /// <summary>The prompts' texts, to be repeated before the answers.</summary>
    internal IReadOnlyList<string>? Echo { get; init; }

    /// <summary>What the model reads.</summary>
    internal required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Reads what both kinds of requests have in common.</summary>
    /// <exception cref="RefusalException">A value is wrong.</exception>
    internal static GenerationRequest Read(JsonElement json, bool isChat)
    {
        json.Number("temperature", 0, 2);
        json.Number("top_p", 0, 1);
        json.Number("presence_penalty", -2, 2);
        json.Number("frequency_penalty", -2, 2);
        json.Whole("seed", long.MinValue);
        json.Array("tools");
        json.Object("response_format");
        json.Object("logit_bias");
        var count = (int)(json.Whole("n", 1, MaxChoices) ?? 1);
        var most = json.Whole("max_completion_tokens", 0, int.MaxValue) ?? json.Whole("max_tokens", 0, int.MaxValue)
            ?? (isChat ? int.MaxValue : 16);
        return new()
        {
            Model = ModelName(json),
            IsChat = isChat,
            Count = count,
            MaxTokens = (int)most,
            Stops = ReadStops(json),
            IsStreamed = json.Flag("stream") ?? false,
            IncludeUsage = json.Object("stream_options")?.Flag("include_usage") ?? false,
            Input = default,
        };
    }

    /// <summary>The model's name.</summary>
    /// <exception cref="RefusalException">It is not there.</exception>
    internal static string ModelName(JsonElement json) =>
        json.Text("model") is { Length: > 0 } name ? name : throw JsonFields.Wrong("model", "the name of a model");

    private static IReadOnlyList<string> ReadStops(JsonElement json)
    {
        if (!json.TryGet("stop", out var stop)) return [];
        IReadOnlyList<string> stops = stop.ValueKind == JsonValueKind.String ? [stop.AsText("stop")] : json.TextList("stop")!;
        return stops.Count > MaxStops
            ? throw JsonFields.Wrong("stop", $"at most {MaxStops} strings")
            : [.. stops.Where(text => text.Length > 0)];
    }
}
