using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Tenants and their quotas, for operators.</summary>
internal sealed class TenantRoutes(ITenantStore store, TenantRates directory, TimeProvider time)
{
    private const int MaxNameLength = 128;

    private static readonly GatewayError Unknown = GatewayError.NotFound("There is no such tenant.");

    internal IEnumerable<Route> Rows =>
    [
        Route.ForOperators("GET", "/admin/tenants", "list_tenants", ListAsync) with
        {
            Description = new("administration", "Lists the tenants that are stored, by number.")
            {
                Parameters = [new("query", "after", "integer", "The last tenant of the page before."), Paging.Limit],
                Answers = [(200, "application/json", "TenantList")],
            },
        },
        Route.ForOperators("POST", "/admin/tenants", "create_tenant", CreateAsync) with
        {
            Audit = AuditLevel.Changes,
            Description = new("administration", "Stores a tenant. Tenants that are not stored have the default quota.")
            {
                Body = [("application/json", "TenantRequest")],
                IsBodyRequired = true,
                Answers = [(201, "application/json", "Tenant")],
                Refusals = [(409, ErrorKind.Conflict)],
            },
        },
        Route.ForOperators("GET", "/admin/tenants/{tenant}", "get_tenant", GetAsync) with
        {
            Description = new("administration", "Tells a tenant's status and quota.")
            {
                Answers = [(200, "application/json", "Tenant")],
            },
        },
        Route.ForOperators("PATCH", "/admin/tenants/{tenant}", "update_tenant", UpdateAsync) with
        {
            Audit = AuditLevel.Changes,
            Description = new("administration", "Changes a tenant's name, status or quota.")
            {
                Body = [("application/json", "TenantRequest")],
                IsBodyRequired = true,
                Answers = [(200, "application/json", "Tenant")],
            },
        },
        Route.ForOperators("DELETE", "/admin/tenants/{tenant}", "delete_tenant", DeleteAsync) with
        {
            Audit = AuditLevel.Changes,
            Description = new("administration", "Deletes a tenant with its functions, jobs, kernels and usage.")
            {
                Answers = [(204, null, null)],
            },
        },
    ];

    private async ValueTask<GatewayError?> ListAsync(GatewayRequest request)
    {
        var limit = Paging.LimitOf(request);
        TenantId? after = null;
        if (request.Http.Request.Query["after"] is { Count: > 0 } text)
        {
            after = TenantId.TryParse(text, null, out var id) ? id : throw JsonFields.Wrong("after", "a tenant's number");
        }
        var page = await store.ListAsync(after, limit, request.Aborted).ConfigureAwait(false);
        JsonReply.WriteList(request.Http.Response, "tenants", page, Write);
        return null;
    }

    private async ValueTask<GatewayError?> CreateAsync(GatewayRequest request)
    {
        using var json = await RequestBody.RequireJsonAsync(request).ConfigureAwait(false);
        var body = json.RootElement;
        if (!body.TryGet("id", out var id) || id.ValueKind != JsonValueKind.Number || !id.TryGetUInt64(out var number))
        {
            return GatewayError.Bad(ErrorKind.InvalidRequest, "'id' is not a number from 0 to 2^64-1.", "id");
        }
        var now = time.GetUtcNow();
        var tenant = Change(body, new() { Id = new(number), CreatedAt = now, UpdatedAt = now });
        request.About("tenant", tenant.Id.ToString());
        if (!await store.AddAsync(tenant, request.Aborted).ConfigureAwait(false))
        {
            return new(ErrorKind.Conflict, 409, "There is a tenant of that number.");
        }
        directory.Forget(tenant.Id);
        request.Http.Response.StatusCode = StatusCodes.Status201Created;
        JsonReply.Write(request.Http.Response, tenant, Write);
        return null;
    }

    private async ValueTask<GatewayError?> GetAsync(GatewayRequest request)
    {
        if (await FindAsync(request).ConfigureAwait(false) is not { } tenant) return Unknown;
        JsonReply.Write(request.Http.Response, tenant, Write);
        return null;
    }

    private async ValueTask<GatewayError?> UpdateAsync(GatewayRequest request)
    {
        using var json = await RequestBody.RequireJsonAsync(request).ConfigureAwait(false);
        if (await FindAsync(request).ConfigureAwait(false) is not { } known) return Unknown;
        var tenant = Change(json.RootElement, known) with { UpdatedAt = time.GetUtcNow() };
        if (!await store.UpdateAsync(tenant, request.Aborted).ConfigureAwait(false)) return Unknown;
        directory.Forget(tenant.Id);
        JsonReply.Write(request.Http.Response, tenant, Write);
        return null;
    }

    private async ValueTask<GatewayError?> DeleteAsync(GatewayRequest request)
    {
        if (!TryGetTenant(request, out var id)) return Unknown;
        if (!await store.RemoveAsync(id, request.Aborted).ConfigureAwait(false)) return Unknown;
        directory.Forget(id);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private async Task<TenantRecord?> FindAsync(GatewayRequest request) => TryGetTenant(request, out var id)
        ? await store.FindAsync(id, request.Aborted).ConfigureAwait(false)
        : null;

    private static bool TryGetTenant(GatewayRequest request, out TenantId id)
    {
        if (!TenantId.TryParse(request.RouteValue("tenant"), null, out id)) return false;
        request.About("tenant", id.ToString());
        return true;
    }

    private static TenantRecord Change(JsonElement json, TenantRecord tenant)
    {
        var name = json.Text("name") ?? tenant.Name;
        if (name.Length > MaxNameLength) throw JsonFields.Wrong("name", $"a text of at most {MaxNameLength} characters");
        return tenant with
        {
            Name = name,
            Status = json.Text("status") switch
            {
                null => tenant.Status,
                "active" => TenantStatus.Active,
                "suspended" => TenantStatus.Suspended,
                _ => throw JsonFields.Wrong("status", "active or suspended"),
            },
            Quota = json.Object("quota") is { } quota ? QuotaJson.Read(quota, tenant.Quota) : tenant.Quota,
        };
    }

    private static void Write(Utf8JsonWriter writer, TenantRecord tenant)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id"u8, tenant.Id.Value);
        writer.WriteString("name"u8, tenant.Name);
        writer.WriteString("status"u8, tenant.Status == TenantStatus.Suspended ? "suspended"u8 : "active"u8);
        writer.WritePropertyName("quota"u8);
        QuotaJson.Write(writer, tenant.Quota);
        writer.WriteNumber("created_unix_ms"u8, tenant.CreatedAt.ToUnixTimeMilliseconds());
        writer.WriteNumber("updated_unix_ms"u8, tenant.UpdatedAt.ToUnixTimeMilliseconds());
        writer.WriteEndObject();
    }
}
