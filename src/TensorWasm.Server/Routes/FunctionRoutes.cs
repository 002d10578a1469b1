using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Deploying functions, and what is known of them.</summary>
internal sealed class FunctionRoutes(FunctionService functions)
{
    private static readonly GatewayError Unknown = GatewayError.NotFound("There is no such function.");

    internal IEnumerable<Route> Rows =>
    [
        new()
        {
            Method = "POST", Pattern = "/functions", Action = "create_function",
            Permission = Permissions.FunctionsWrite, Audit = AuditLevel.Changes, Handler = DeployAsync,
            Description = new("functions", "Deploys a module as a new function.")
            {
                Body = [("application/json", "DeployRequest"), ("application/wasm", "Bytes")],
                IsBodyRequired = true,
                Parameters =
                [
                    new("query", "name", "string", "The function's name, when the body is the module itself."),
                    new("query", "reuse_identical", "boolean", "Answers an identical function that is there already."),
                ],
                Answers = [(200, "application/json", "Deployment")],
                Refusals = [(400, "invalid_name"), (400, "invalid_base64"), (400, "invalid_wasm"), (403, "quota_exceeded")],
            },
        },
        new()
        {
            Method = "GET", Pattern = "/functions", Action = "list_functions",
            Permission = Permissions.FunctionsRead, Handler = ListAsync,
            Description = new("functions", "Lists the tenant's functions in the order in which they were deployed.")
            {
                Parameters =
                [
                    new("query", "name", "string", "Only functions of that name."),
                    new("query", "after", "string", "The last function of the page before."),
                    Paging.Limit,
                ],
                Answers = [(200, "application/json", "FunctionList")],
            },
        },
        new()
        {
            Method = "GET", Pattern = "/functions/{id}", Action = "get_function",
            Permission = Permissions.FunctionsRead, Handler = GetAsync,
            Description = new("functions", "Tells a function's versions, settings and aliases.")
            {
                Answers = [(200, "application/json", "Function")],
            },
        },
        new()
        {
            Method = "PATCH", Pattern = "/functions/{id}", Action = "update_function",
            Permission = Permissions.FunctionsWrite, Audit = AuditLevel.Changes, Handler = UpdateAsync,
            Description = new(
                "functions", "Renames a function, or makes a new version of it with another module or other settings.")
            {
                Body = [("application/json", "UpdateRequest"), ("application/wasm", "Bytes")],
                IsBodyRequired = true,
                Answers = [(200, "application/json", "Deployment")],
                Refusals = [(400, "invalid_wasm"), (409, "conflict")],
            },
        },
        new()
        {
            Method = "DELETE", Pattern = "/functions/{id}", Action = "delete_function",
            Permission = Permissions.FunctionsWrite, Audit = AuditLevel.Changes, Handler = DeleteAsync,
            Description = new("functions", "Deletes a function with its versions.") { Answers = [(204, null, null)] },
        },
        new()
        {
            Method = "PUT", Pattern = "/functions/{id}/aliases/{alias}", Action = "set_alias",
            Permission = Permissions.FunctionsWrite, Audit = AuditLevel.Changes, Handler = SetAliasAsync,
            Description = new("functions", "Lets a name, such as stable, mean a version.")
            {
                Body = [("application/json", "AliasRequest")],
                IsBodyRequired = true,
                Answers = [(200, "application/json", "FunctionSummary")],
            },
        },
        new()
        {
            Method = "DELETE", Pattern = "/functions/{id}/aliases/{alias}", Action = "remove_alias",
            Permission = Permissions.FunctionsWrite, Audit = AuditLevel.Changes, Handler = RemoveAliasAsync,
            Description = new("functions", "Removes an alias.") { Answers = [(200, "application/json", "FunctionSummary")] },
        },
    ];

    private async ValueTask<GatewayError?> DeployAsync(GatewayRequest request)
    {
        var body = await ModuleBody.ReadAsync(request).ConfigureAwait(false);
        if (string.IsNullOrEmpty(body.Name)) return GatewayError.Bad(ErrorKind.InvalidName, "A function needs a name.", "name");
        if (body.Module is not { } module)
        {
            return GatewayError.Bad(ErrorKind.InvalidBase64, "The module, 'wasm_b64', is missing.", "wasm_b64");
        }
        var outcome = await functions.DeployAsync(
            new()
            {
                Tenant = request.Tenant,
                Name = body.Name,
                Module = module,
                Settings = body.Settings(FunctionSettings.Default),
                ReuseIdentical = body.ReuseIdentical,
            },
            request.Aborted).ConfigureAwait(false);
        return Answer(request, outcome);
    }

    private async ValueTask<GatewayError?> UpdateAsync(GatewayRequest request)
    {
        if (!TryGetId(request, out var id)) return Unknown;
        var body = await ModuleBody.ReadAsync(request).ConfigureAwait(false);
        FunctionSettings? settings = null;
        if (body.HasSettings)
        {
            var versions = await functions.ListVersionsAsync(request.Tenant, id, request.Aborted).ConfigureAwait(false);
            if (!versions.Succeeded) return RuntimeErrors.Of(versions.Error);
            settings = body.Settings(versions.Value[0].Settings);
        }
        var outcome = await functions.UpdateAsync(
            new() { Tenant = request.Tenant, Function = id, Name = body.Name, Module = body.Module, Settings = settings },
            request.Aborted).ConfigureAwait(false);
        return Answer(request, outcome);
    }

    private static GatewayError? Answer(GatewayRequest request, Outcome<Deployment> outcome)
    {
        if (!outcome.Succeeded) return RuntimeErrors.Of(outcome.Error);
        var deployment = outcome.Value;
        request.About("function_id", deployment.Function.Id.ToString());
        request.About("sha256", deployment.Version.Module.Text);
        JsonReply.Write(request.Http.Response, deployment, static (writer, deployment) =>
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, deployment.Function.Id);
            writer.WriteString("name"u8, deployment.Function.Name);
            writer.WriteNumber("version"u8, deployment.Version.Number);
            writer.WriteString("sha256"u8, deployment.Version.Module.Text);
            writer.WriteBoolean("is_new"u8, deployment.IsNew);
            writer.WriteEndObject();
        });
        return null;
    }

    private async ValueTask<GatewayError?> ListAsync(GatewayRequest request)
    {
        var limit = Paging.LimitOf(request);
        var name = request.Http.Request.Query["name"] is { Count: > 0 } some ? some.ToString() : null;
        var page = await functions.ListAsync(
            request.Tenant, name, Paging.Id(request, "after"), limit, request.Aborted).ConfigureAwait(false);
        if (!page.Succeeded) return RuntimeErrors.Of(page.Error);
        JsonReply.WriteList(
            request.Http.Response, "functions", page.Value, FunctionJson.WriteSummary,
            page.Value.Count == limit ? page.Value[^1].Id : null);
        return null;
    }

    private async ValueTask<GatewayError?> GetAsync(GatewayRequest request)
    {
        if (!TryGetId(request, out var id)) return Unknown;
        var function = await functions.FindAsync(request.Tenant, id, request.Aborted).ConfigureAwait(false);
        if (!function.Succeeded) return RuntimeErrors.Of(function.Error);
        var versions = await functions.ListVersionsAsync(request.Tenant, id, request.Aborted).ConfigureAwait(false);
        if (!versions.Succeeded) return RuntimeErrors.Of(versions.Error);
        JsonReply.Write(request.Http.Response, (function.Value, versions), static (writer, reply) =>
            FunctionJson.Write(writer, reply.Value, reply.versions.Value));
        return null;
    }

    private async ValueTask<GatewayError?> DeleteAsync(GatewayRequest request)
    {
        if (!TryGetId(request, out var id)) return Unknown;
        var outcome = await functions.RemoveAsync(request.Tenant, id, request.Aborted).ConfigureAwait(false);
        if (!outcome.Succeeded) return RuntimeErrors.Of(outcome.Error);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private async ValueTask<GatewayError?> SetAliasAsync(GatewayRequest request)
    {
        using var json = await RequestBody.RequireJsonAsync(request).ConfigureAwait(false);
        var version = json.RootElement.Whole("version", 1, int.MaxValue);
        if (version is null) return GatewayError.Bad(ErrorKind.InvalidRequest, "'version' is missing.", "version");
        return await ChangeAliasAsync(request, (int)version).ConfigureAwait(false);
    }

    private ValueTask<GatewayError?> RemoveAliasAsync(GatewayRequest request) => ChangeAliasAsync(request, null);

    private async ValueTask<GatewayError?> ChangeAliasAsync(GatewayRequest request, int? version)
    {
        if (!TryGetId(request, out var id)) return Unknown;
        var alias = request.RouteValue("alias");
        request.About("alias", alias);
        var outcome = await functions.SetAliasAsync(request.Tenant, id, alias, version, request.Aborted).ConfigureAwait(false);
        if (!outcome.Succeeded) return RuntimeErrors.Of(outcome.Error);
        JsonReply.Write(request.Http.Response, outcome.Value, FunctionJson.WriteSummary);
        return null;
    }

    private static bool TryGetId(GatewayRequest request, out Guid id)
    {
        if (!Guid.TryParse(request.RouteValue("id"), out id)) return false;
        request.About("function_id", id.ToString());
        return true;
    }
}
