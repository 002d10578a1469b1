using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Bearer tokens, for operators.</summary>
internal sealed class TokenRoutes(TokenRegistry tokens, TimeProvider time)
{
    private const int MaxNameLength = 128;
    private const int MaxTenants = 10_000;
    private const long MaxSeconds = 10L * 366 * 86_400;

    private static readonly GatewayError Unknown = GatewayError.NotFound("There is no such token, or it is not in force.");

    internal IEnumerable<Route> Rows =>
    [
        Route.ForOperators("GET", "/admin/tokens", "list_tokens", ListAsync) with
        {
            Description = new("administration", "Lists tokens; never their secrets.")
            {
                Answers = [(200, "application/json", "TokenList")],
            },
        },
        Route.ForOperators("POST", "/admin/tokens", "create_token", CreateAsync) with
        {
            Audit = AuditLevel.Changes,
            Description = new("administration", "Makes a token and tells it, once.")
            {
                Body = [("application/json", "TokenRequest")],
                IsBodyRequired = true,
                Answers = [(201, "application/json", "NewToken")],
            },
        },
        Route.ForOperators("POST", "/admin/tokens/{token}/rotate", "rotate_token", RotateAsync) with
        {
            Audit = AuditLevel.Changes,
            Description = new("administration", "Makes a successor of a token, which stays good for a while.")
            {
                Body = [("application/json", "RotateRequest")],
                Answers = [(201, "application/json", "NewToken")],
            },
        },
        Route.ForOperators("DELETE", "/admin/tokens/{token}", "revoke_token", RevokeAsync) with
        {
            Audit = AuditLevel.Changes,
            Description = new("administration", "Revokes a token at once.") { Answers = [(204, null, null)] },
        },
    ];

    private ValueTask<GatewayError?> ListAsync(GatewayRequest request)
    {
        var now = time.GetUtcNow();
        JsonReply.WriteList(
            request.Http.Response, "tokens", tokens.Tokens, (writer, record) => Write(writer, record, null, now));
        return default;
    }

    private async ValueTask<GatewayError?> CreateAsync(GatewayRequest request)
    {
        using var json = await RequestBody.RequireJsonAsync(request).ConfigureAwait(false);
        var body = json.RootElement;
        var name = body.Text("name") ?? "";
        if (name.Length > MaxNameLength) throw JsonFields.Wrong("name", $"a text of at most {MaxNameLength} characters");
        var actions = body.TextList("actions") ?? ["developer"];
        foreach (var action in actions)
        {
            if (!PermissionNames.TryParse(action, out _))
            {
                throw JsonFields.Wrong("actions", $"a list of {string.Join(", ", PermissionNames.All)}, developer, *");
            }
        }
        var scope = ReadScope(body);
        // Nobody can hand out more than they have.
        if (!request.Caller.Scope.Covers(scope) || (PermissionNames.Union(actions) & ~Allowed(request.Caller)) != 0)
        {
            return GatewayError.Forbidden(ErrorKind.ActionDenied, "A token can't allow more than the token that makes it.");
        }
        var expires = body.Whole("expires_in_seconds", 1, MaxSeconds) is { } seconds
            ? time.GetUtcNow().AddSeconds(seconds)
            : (DateTimeOffset?)null;
        var created = await tokens.CreateAsync(name, scope, actions, expires, null, request.Aborted).ConfigureAwait(false);
        return Answer(request, created.Stored, created.Text);
    }

    private async ValueTask<GatewayError?> RotateAsync(GatewayRequest request)
    {
        using var json = await RequestBody.ReadJsonAsync(request).ConfigureAwait(false);
        var overlap = json?.RootElement.Whole("overlap_seconds", 0, MaxSeconds) ?? 0;
        if (!TryGetId(request, out var id)) return Unknown;
        if (tokens.Get(id) is not { } old || !request.Caller.Scope.Covers(TokenRegistry.ScopeOf(old))) return Unknown;
        var successor = await tokens.RotateAsync(id, TimeSpan.FromSeconds(overlap), request.Aborted).ConfigureAwait(false);
        return successor is { } made ? Answer(request, made.Stored, made.Text) : Unknown;
    }

    private async ValueTask<GatewayError?> RevokeAsync(GatewayRequest request)
    {
        if (!TryGetId(request, out var id)) return Unknown;
        if (tokens.Get(id) is not { } known || !request.Caller.Scope.Covers(TokenRegistry.ScopeOf(known))) return Unknown;
        if (!await tokens.RevokeAsync(id, request.Aborted).ConfigureAwait(false)) return Unknown;
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private GatewayError? Answer(GatewayRequest request, TokenRecord stored, string text)
    {
        request.About("created_token_id", stored.Id.ToString());
        var response = request.Http.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.CacheControl = "no-store";
        JsonReply.Write(response, writer => Write(writer, stored, text, time.GetUtcNow()));
        return null;
    }

    // Development mode may make tokens that publish kernels: the answer is how one gets out of it.
    private static Permissions Allowed(Caller caller) =>
        caller.Kind == CallerKind.Development ? Permissions.All : caller.Permissions;

    private static TenantScope ReadScope(JsonElement body)
    {
        if (!body.TryGet("tenants", out var tenants)) throw JsonFields.Wrong("tenants", "there: \"*\" or an array of numbers");
        if (tenants.ValueKind == JsonValueKind.String && tenants.ValueEquals("*")) return TenantScope.All;
        if (tenants.ValueKind != JsonValueKind.Array || tenants.GetArrayLength() is 0 or > MaxTenants)
        {
            throw JsonFields.Wrong("tenants", "\"*\" or an array of numbers");
        }
        return TenantScope.Of(tenants.EnumerateArray().Select(item =>
            item.ValueKind == JsonValueKind.Number && item.TryGetUInt64(out var tenant)
                ? tenant
                : throw JsonFields.Wrong("tenants", "an array of numbers from 0 to 2^64-1")));
    }

    private static bool TryGetId(GatewayRequest request, out Guid id)
    {
        if (!Guid.TryParse(request.RouteValue("token"), out id)) return false;
        request.About("subject_token_id", id.ToString());
        return true;
    }

    private static void Write(Utf8JsonWriter writer, TokenRecord record, string? text, DateTimeOffset now)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, record.Id);
        if (text is not null) writer.WriteString("token"u8, text);
        writer.WriteString("name"u8, record.Name);
        if (record.Tenants is null) writer.WriteString("tenants"u8, "*"u8);
        else
        {
            writer.WriteStartArray("tenants"u8);
            foreach (var tenant in record.Tenants) writer.WriteNumberValue(tenant.Value);
            writer.WriteEndArray();
        }
        writer.WriteStartArray("actions"u8);
        foreach (var action in record.Actions) writer.WriteStringValue(action);
        writer.WriteEndArray();
        writer.WriteBoolean("is_valid"u8, record.IsValidAt(now));
        writer.WriteNumber("created_unix_ms"u8, record.CreatedAt.ToUnixTimeMilliseconds());
        if (record.ExpiresAt is { } end) writer.WriteNumber("expires_unix_ms"u8, end.ToUnixTimeMilliseconds());
        if (record.RevokedAt is { } revoked) writer.WriteNumber("revoked_unix_ms"u8, revoked.ToUnixTimeMilliseconds());
        if (record.Replaces is { } old) writer.WriteString("replaces"u8, old);
        writer.WriteEndObject();
    }
}
