using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>What tenants have used.</summary>
internal sealed class UsageRoutes(TensorWasmRuntime runtime, TimeProvider time)
{
    private const int MaxHours = 24 * 366;

    internal IEnumerable<Route> Rows =>
    [
        new()
        {
            Method = "GET", Pattern = "/usage", Action = "get_usage", Permission = Permissions.Usage, Handler = OwnAsync,
            Description = Describe("The tenant's own accounts."),
        },
        new()
        {
            Method = "GET", Pattern = "/admin/tenants/{tenant}/usage", Action = "get_tenant_usage",
            Permission = Permissions.Admin, ForTenant = false, Handler = AnyAsync, Description = Describe("A tenant's accounts."),
        },
    ];

    private static RouteDescription Describe(string summary) => new("accounts", summary)
    {
        Parameters = [new("query", "hours", "integer", $"How far to look back: 1 to {MaxHours} hours, 24 by default.")],
        Answers = [(200, "application/json", "Usage")],
    };

    private ValueTask<GatewayError?> OwnAsync(GatewayRequest request) => AnswerAsync(request, request.Tenant);

    private async ValueTask<GatewayError?> AnyAsync(GatewayRequest request)
    {
        if (!TenantId.TryParse(request.RouteValue("tenant"), null, out var tenant))
        {
            return GatewayError.NotFound("There is no such tenant.");
        }
        return await AnswerAsync(request, tenant).ConfigureAwait(false);
    }

    private async ValueTask<GatewayError?> AnswerAsync(GatewayRequest request, TenantId tenant)
    {
        var hours = Math.Min(Paging.Whole(request, "hours", 1) ?? 24, MaxHours);
        var now = time.GetUtcNow();
        var periods = await runtime.Usage.ReadAsync(tenant, now.AddHours(-hours), now.AddHours(1), request.Aborted)
            .ConfigureAwait(false);
        var storage = await runtime.MeasureStorageAsync(tenant, request.Aborted).ConfigureAwait(false);
        var current = runtime.MeasureTenants().FirstOrDefault(usage => usage.Tenant == tenant);
        JsonReply.Write(request.Http.Response, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("tenant_id"u8, tenant.Value);
            writer.WriteNumber("storage_bytes"u8, storage);
            writer.WriteNumber("running_invocations"u8, current?.RunningInvocations ?? 0);
            writer.WriteNumber("queued_invocations"u8, current?.QueuedInvocations ?? 0);
            writer.WriteNumber("reserved_memory_bytes"u8, current?.ReservedMemoryBytes ?? 0);
            writer.WriteNumber("device_bytes"u8, current?.DeviceBytes ?? 0);
            writer.WriteNumber("code_bytes"u8, current?.CodeBytes ?? 0);
            writer.WritePropertyName("since_start"u8);
            Write(writer, current?.Total ?? default, null);
            writer.WriteStartArray("hours"u8);
            foreach (var period in periods) Write(writer, period.Counters, period.Start);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return null;
    }

    private static void Write(Utf8JsonWriter writer, UsageCounters counters, DateTimeOffset? start)
    {
        writer.WriteStartObject();
        if (start is { } hour) writer.WriteNumber("start_unix_ms"u8, hour.ToUnixTimeMilliseconds());
        writer.WriteNumber("requests"u8, counters.Requests);
        writer.WriteNumber("failures"u8, counters.Failures);
        writer.WriteNumber("refusals"u8, counters.Refusals);
        writer.WriteNumber("cpu_seconds"u8, counters.CpuTime.TotalSeconds);
        writer.WriteNumber("gpu_seconds"u8, counters.GpuTime.TotalSeconds);
        writer.WriteNumber("launches"u8, counters.Launches);
        writer.WriteNumber("memory_byte_seconds"u8, counters.MemoryByteSeconds);
        writer.WriteNumber("output_bytes"u8, counters.OutputBytes);
        writer.WriteEndObject();
    }
}
