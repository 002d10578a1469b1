using System.Text.Json;

namespace TensorWasm.Server;

/// <summary>The list of models as OpenAI's clients ask for it.</summary>
internal sealed class ModelRoutes(ModelDirectory models)
{
    internal IEnumerable<Route> Rows =>
    [
        new()
        {
            Method = "GET", Pattern = "/v1/models", Action = "list_models",
            Permission = Permissions.Models, Errors = ErrorStyle.OpenAi, Handler = ListAsync,
            Description = new("models", "Lists the tenant's models.") { Answers = [(200, "application/json", "ModelList")] },
        },
        new()
        {
            // Models' names may hold slashes.
            Method = "GET", Pattern = "/v1/models/{**id}", Action = "get_model",
            Permission = Permissions.Models, Errors = ErrorStyle.OpenAi, Handler = GetAsync,
            Description = new("models", "Tells of a model.")
            {
                Answers = [(200, "application/json", "Model")],
                Refusals = [(404, "model_not_found")],
            },
        },
    ];

    private async ValueTask<GatewayError?> ListAsync(GatewayRequest request)
    {
        var all = await models.ListAsync(request.Tenant, request.Aborted).ConfigureAwait(false);
        JsonReply.Write(request.Http.Response, all, static (writer, all) =>
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            foreach (var model in all) Write(writer, model);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return null;
    }

    private async ValueTask<GatewayError?> GetAsync(GatewayRequest request)
    {
        var name = request.RouteValue("id");
        if (await models.FindAsync(request.Tenant, name, request.Aborted).ConfigureAwait(false) is not { } model)
        {
            return ModelErrors.NotFound(name);
        }
        JsonReply.Write(request.Http.Response, model, Write);
        return null;
    }

    private static void Write(Utf8JsonWriter writer, Model model)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, model.Name);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, model.Version.CreatedAt.ToUnixTimeSeconds());
        writer.WriteString("owned_by"u8, "tenant"u8);
        writer.WriteEndObject();
    }
}
