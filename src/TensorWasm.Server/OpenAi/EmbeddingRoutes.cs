using System.Runtime.InteropServices;
using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Embeddings as OpenAI's clients ask for them.</summary>
internal sealed class EmbeddingRoutes(
    TensorWasmRuntime runtime, ModelDirectory models, GatewayMetrics metrics)
{
    private const string Export = "embed";

    internal IEnumerable<Route> Rows =>
    [
        new()
        {
            Method = "POST", Pattern = "/v1/embeddings", Action = "embeddings",
            Permission = Permissions.Models, Audit = AuditLevel.Requests, Errors = ErrorStyle.OpenAi, Handler = AnswerAsync,
            Description = new("models", "Makes vectors of texts.")
            {
                Body = [("application/json", "EmbeddingRequest")],
                IsBodyRequired = true,
                Answers = [(200, "application/json", "EmbeddingReply")],
                Refusals = [(404, "model_not_found")],
            },
        },
    ];

    private async ValueTask<GatewayError?> AnswerAsync(GatewayRequest request)
    {
        using var json = await RequestBody.RequireJsonAsync(request).ConfigureAwait(false);
        var body = json.RootElement;
        var name = GenerationRequest.ModelName(body);
        request.About("model", name);
        var isBase64 = body.Text("encoding_format") switch
        {
            null or "float" => false,
            "base64" => true,
            _ => throw JsonFields.Wrong("encoding_format", "float or base64"),
        };
        var dimensions = body.Whole("dimensions", 1, 65_536);
        var inputs = PromptList.Read(body, "input");
        var model = await models.FindAsync(request.Tenant, name, request.Aborted).ConfigureAwait(false);
        if (model is null) return ModelErrors.NotFound(name);
        request.About("function_id", model.Function.ToString());
        var input = ModelInput.Of(body, "embedding", writer => PromptList.Write(writer, "inputs", inputs));
        var vectors = new float[inputs.Count][];
        var tokens = 0;
        await using (var run = new ModelRun(runtime, request, model, Export, input))
        {
            while (await run.NextAsync().ConfigureAwait(false) is { } record)
            {
                if (record.PromptTokens is { } count) tokens = count;
                if (record.Embedding is { } vector && record.Index < vectors.Length) vectors[record.Index] = vector;
            }
        }
        var missing = Array.FindIndex(vectors, vector => vector is null);
        if (missing >= 0) return new(ErrorKind.GuestFailed, 500, $"The model gave no vector for input {missing}.");
        if (dimensions is { } wanted && Array.Find(vectors, vector => vector.Length != wanted) is { } other)
        {
            throw JsonFields.Wrong("dimensions", FormattableString.Invariant($"what this model makes: {other.Length}"));
        }
        metrics.CountTokens(tokens, 0);
        JsonReply.Write(request.Http.Response, writer => Write(writer, model, vectors, isBase64, tokens));
        return null;
    }

    private static void Write(Utf8JsonWriter writer, Model model, float[][] vectors, bool isBase64, int tokens)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        for (var i = 0; i < vectors.Length; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "embedding"u8);
            writer.WriteNumber("index"u8, i);
            // Little-endian, as all machines are that this runs on.
            if (isBase64) writer.WriteBase64String("embedding"u8, MemoryMarshal.AsBytes(vectors[i].AsSpan()));
            else
            {
                writer.WriteStartArray("embedding"u8);
                foreach (var value in vectors[i]) writer.WriteNumberValue(float.IsFinite(value) ? value : 0);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteString("model"u8, model.Name);
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, tokens);
        writer.WriteNumber("total_tokens"u8, tokens);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
