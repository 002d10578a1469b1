using System.Security.Cryptography;
using System.Text;

namespace TensorWasm.Server;

/// <summary>What operators' tools ask: is it alive, is it ready, how much, and what is recorded.</summary>
internal sealed class OperationRoutes(
    Readiness readiness, MetricRegistry metrics, Authenticator authenticator, AuditLog audit, GatewayOptions options)
{
    internal IEnumerable<Route> Rows =>
    [
        new()
        {
            Method = "GET", Pattern = "/healthz", Action = "health", ForTenant = false, Handler = HealthAsync,
            Description = new("operation", "Whether the process answers.") { Answers = [(200, "application/json", "Health")] },
        },
        new()
        {
            Method = "GET", Pattern = "/readyz", Action = "readiness", ForTenant = false, Handler = ReadyAsync,
            Description = new("operation", "Whether requests should be sent here: not before the start is done, nor while "
                + "it drains or its database or its audit log can't be written.")
            {
                Answers = [(200, "application/json", "Health")],
                Refusals = [(503, ErrorKind.Unavailable)],
            },
        },
        new()
        {
            Method = "GET", Pattern = "/metrics", Action = "metrics", ForTenant = false, Handler = MetricsAsync,
            Description = new("operation", "Metrics in the Prometheus text format.")
            {
                Answers = [(200, "text/plain", "Text")],
                Refusals = [(401, ErrorKind.Unauthorized)],
            },
        },
        new()
        {
            Method = "GET", Pattern = "/admin/audit/head", Action = "audit_head",
            Permission = Permissions.Admin, ForTenant = false, Handler = AuditHeadAsync,
            Description = new("administration", "The end of the audit chain, for keeping outside this machine.")
            {
                Answers = [(200, "application/json", "AuditHead")],
            },
        },
    ];

    private static ValueTask<GatewayError?> HealthAsync(GatewayRequest request)
    {
        WriteStatus(request, "ok");
        return default;
    }

    private async ValueTask<GatewayError?> ReadyAsync(GatewayRequest request)
    {
        if (await readiness.ProblemAsync(request.Aborted).ConfigureAwait(false) is { } problem)
        {
            return GatewayError.Unavailable(ErrorKind.Unavailable, problem);
        }
        WriteStatus(request, "ready");
        return null;
    }

    private static void WriteStatus(GatewayRequest request, string status) =>
        JsonReply.Write(request.Http.Response, status, static (writer, status) =>
        {
            writer.WriteStartObject();
            writer.WriteString("status"u8, status);
            writer.WriteEndObject();
        });

    private async ValueTask<GatewayError?> MetricsAsync(GatewayRequest request)
    {
        var isOpen = options.MetricsToken is null && options.TenantMetrics == 0;
        if (!isOpen && !IsAllowed(request)) return GatewayError.Unauthorized();
        var response = request.Http.Response;
        response.ContentType = PrometheusText.ContentType;
        var text = Encoding.UTF8.GetBytes(metrics.Scrape());
        response.ContentLength = text.Length;
        await response.BodyWriter.WriteAsync(text, request.Aborted).ConfigureAwait(false);
        return null;
    }

    private bool IsAllowed(GatewayRequest request)
    {
        var header = request.Http.Request.Headers.Authorization.ToString();
        if (options.MetricsToken is { } token
            && CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(Encoding.UTF8.GetBytes(header)), SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {token}"))))
        {
            return true;
        }
        // Where they tell tenants apart, they are for those alone who may act for all.
        return authenticator.Find(request.Http) is { } caller && caller.Permissions.HasFlag(Permissions.Metrics)
            && (options.TenantMetrics == 0 || caller.Scope.IsAll);
    }

    private ValueTask<GatewayError?> AuditHeadAsync(GatewayRequest request)
    {
        JsonReply.Write(request.Http.Response, (audit.Head, audit.IsHealthy), static (writer, reply) =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("sequence"u8, reply.Head.Sequence);
            writer.WriteString("hash"u8, Convert.ToHexStringLower(reply.Head.Hash));
            writer.WriteBoolean("is_healthy"u8, reply.IsHealthy);
            writer.WriteEndObject();
        });
        return default;
    }
}
