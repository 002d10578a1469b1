using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Chats and completions as OpenAI's clients ask for them.</summary>
internal sealed class GenerationRoutes(
    TensorWasmRuntime runtime, ModelDirectory models, GatewayMetrics metrics, TimeProvider time)
{
    private const string Export = "generate";
    private const int MaxMessages = 10_000;

    private static readonly string?[] Roles = ["developer", "system", "user", "assistant", "tool", "function"];

    internal IEnumerable<Route> Rows =>
    [
        Row("/v1/chat/completions", "chat_completions", "Continues a conversation.", "ChatRequest", "ChatReply", ReadChat),
        Row("/v1/completions", "completions", "Continues a text.", "CompletionRequest", "CompletionReply", ReadCompletion),
    ];

    private Route Row(
        string pattern, string action, string summary, string body, string reply, Func<JsonElement, GenerationRequest> read) =>
        new()
        {
            Method = "POST",
            Pattern = pattern,
            Action = action,
            Permission = Permissions.Models,
            Audit = AuditLevel.Requests,
            Errors = ErrorStyle.OpenAi,
            Handler = request => AnswerAsync(request, read),
            Description = new("models", summary)
            {
                Body = [("application/json", body)],
                IsBodyRequired = true,
                Answers = [(200, "application/json", reply), (200, ServerSentEvents.MediaType, "EventStream")],
                Refusals = [(404, "model_not_found")],
            },
        };

    private async ValueTask<GatewayError?> AnswerAsync(GatewayRequest request, Func<JsonElement, GenerationRequest> read)
    {
        using var json = await RequestBody.RequireJsonAsync(request).ConfigureAwait(false);
        var asked = read(json.RootElement);
        request.About("model", asked.Model);
        var model = await models.FindAsync(request.Tenant, asked.Model, request.Aborted).ConfigureAwait(false);
        if (model is null) return ModelErrors.NotFound(asked.Model);
        request.About("function_id", model.Function.ToString());
        await using var run = new ModelRun(runtime, request, model, Export, asked.Input);
        var generation = new Generation(asked, run);
        GenerationWriter writer = asked.IsChat
            ? new ChatWriter(request, model, generation, time)
            : new CompletionWriter(request, model, generation, time);
        try
        {
            if (asked.IsStreamed)
            {
                await writer.StreamAsync().ConfigureAwait(false);
                return null;
            }
            await generation.CompleteAsync().ConfigureAwait(false);
            writer.WriteWhole();
            return null;
        }
        finally
        {
            metrics.CountTokens(generation.PromptTokens, generation.CompletionTokens);
        }
    }

    private static GenerationRequest ReadChat(JsonElement json)
    {
        if (json.Array("messages") is not { } messages || messages.GetArrayLength() is 0 or > MaxMessages)
        {
            throw JsonFields.Wrong("messages", $"an array of 1 to {MaxMessages} messages");
        }
        foreach (var message in messages.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object || !Roles.Contains(message.Text("role")))
            {
                throw JsonFields.Wrong("messages", $"an array of objects whose role is one of {string.Join(", ", Roles)}");
            }
        }
        var top = json.Whole("top_logprobs", 0, 20);
        var request = GenerationRequest.Read(json, isChat: true) with
        {
            Logprobs = json.Flag("logprobs") == true ? (int)(top ?? 0) : null,
        };
        return request with
        {
            Input = ModelInput.Of(json, "chat", writer => ModelInput.WriteCommon(writer, request)),
        };
    }

    private static GenerationRequest ReadCompletion(JsonElement json)
    {
        var prompts = PromptList.Read(json, "prompt");
        var request = GenerationRequest.Read(json, isChat: false) with
        {
            Prompts = prompts.Count,
            Logprobs = (int?)json.Whole("logprobs", 0, 20),
        };
        if (prompts.Count * request.Count > PromptList.MaxPrompts)
        {
            throw JsonFields.Wrong("n", $"small enough: prompts times n are at most {PromptList.MaxPrompts}");
        }
        if (json.Whole("best_of", 1, 20) is { } best && best != request.Count)
        {
            throw JsonFields.Wrong("best_of", "the same as n: choices are not ranked here");
        }
        if (json.Flag("echo") == true)
        {
            if (prompts.Any(prompt => prompt.ValueKind != JsonValueKind.String)) throw JsonFields.Wrong("echo", "possible with token ids");
            request = request with { Echo = [.. prompts.Select(prompt => prompt.GetString()!)] };
        }
        return request with
        {
            Input = ModelInput.Of(json, "completion", writer =>
            {
                PromptList.Write(writer, "prompts", prompts);
                ModelInput.WriteCommon(writer, request);
            }),
        };
    }
}
