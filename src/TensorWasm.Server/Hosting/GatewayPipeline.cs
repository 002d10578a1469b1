using System.Diagnostics;
using System.Net;
using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>
/// The way of every request, in order: the request gets its ids; the host, the caller, the caller's permission, the
/// tenant and the rates are checked; the handler answers; what happened is measured and recorded.
/// </summary>
internal sealed partial class GatewayPipeline(
    Authenticator authenticator, RateLimits rates, AuditLog audit, RefusalThrottle throttle, TenantRates tenants,
    GatewayMetrics metrics, HostList hosts, TimeProvider time, ILogger log)
{
    /// <summary>The status that the log has for a client that went away; it never sees it.</summary>
    private const int ClientClosedRequest = 499;

    private static readonly ActivitySource Activities = new("TensorWasm.Server");

    internal async Task RunAsync(HttpContext context, Route route)
    {
        var request = new GatewayRequest(context, route);
        using var activity = Begin(request);
        metrics.Began(route);
        GatewayError? error = null;
        try
        {
            error = await AnswerAsync(request).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted) context.Response.StatusCode = ClientClosedRequest;
        }
        catch (Exception e) when (ErrorOf(e) is { } known)
        {
            error = known;
        }
        catch (Exception e)
        {
            LogFault(log, e, request.RequestId, request.TraceId, route.Action);
            error = new(ErrorKind.Internal, 500, $"The server failed. Its log tells more under request {request.RequestId}.");
        }
        if (error is not null) ErrorWriter.Write(context, error, route.Errors);
        await EndAsync(request, error, activity).ConfigureAwait(false);
    }

    private async ValueTask<GatewayError?> AnswerAsync(GatewayRequest request)
    {
        if (Admit(request) is { } refusal) return refusal;
        if (request.HasTenant)
        {
            var tenant = await tenants.GetAsync(request.Tenant, request.Aborted).ConfigureAwait(false);
            if (rates.TryTakeForTenant(tenant) is { } wait) return GatewayError.RateLimited(wait, "tenant");
            if (tenant.Status == TenantStatus.Suspended)
            {
                return GatewayError.Forbidden(ErrorKind.TenantSuspended, "This tenant is suspended.");
            }
        }
        if (audit.IsRequired && request.Route.Audit != AuditLevel.Refusals
            && !await audit.AppendAsync(Record(request, null, "begin")).ConfigureAwait(false))
        {
            return GatewayError.Unavailable(
                ErrorKind.AuditUnavailable, "The audit log can't be written, and nothing is done that is not recorded.");
        }
        request.IsHandled = true;
        return await request.Route.Handler(request).ConfigureAwait(false);
    }

    private GatewayError? Admit(GatewayRequest request)
    {
        if (!hosts.Allows(request.Http.Request.Host))
        {
            return GatewayError.Bad(ErrorKind.HostNotAllowed, "This server does not serve that host name.");
        }
        var route = request.Route;
        if (route.Permission == Permissions.None) return null;
        if (authenticator.Find(request.Http) is not { } caller) return GatewayError.Unauthorized();
        request.Caller = caller;
        if (!caller.Permissions.HasFlag(route.Permission))
        {
            return route.Permission == Permissions.KernelsPublish
                ? KernelErrors.MayNotPublish(caller)
                : GatewayError.Forbidden(ErrorKind.ActionDenied, $"This token does not allow {Name(route.Permission)}.");
        }
        if (route.ForTenant && authenticator.SettleTenant(request) is { } denied) return denied;
        return rates.TryTakeForCaller(caller) is { } wait ? GatewayError.RateLimited(wait, "token") : null;
    }

    private static string Name(Permissions permission) => string.Join(" and ", PermissionNames.Of(permission));

    private static GatewayError? ErrorOf(Exception exception) => exception switch
    {
        RefusalException refusal => refusal.Error,
        // Kestrel's message tells the limit.
        BadHttpRequestException { StatusCode: 413 } large => new(ErrorKind.BodyTooLarge, 413, large.Message),
        BadHttpRequestException { StatusCode: 408 } =>
            new(ErrorKind.RequestTimeout, 408, "The request's body came too slowly."),
        BadHttpRequestException bad => GatewayError.Bad(ErrorKind.InvalidRequest, bad.Message),
        JsonException => GatewayError.Bad(ErrorKind.InvalidJson, "The body is not the JSON that this route takes."),
        StateUnavailableException { IsDiskFull: true } => GatewayError.DiskFull(),
        StateUnavailableException =>
            GatewayError.Unavailable(ErrorKind.Unavailable, "The server can't reach its database; try again."),
        _ => null,
    };

    private static Activity? Begin(GatewayRequest request)
    {
        var http = request.Http.Request;
        ActivityContext.TryParse(http.Headers.TraceParent, http.Headers.TraceState, isRemote: true, out var parent);
        var activity = Activities.HasListeners()
            ? Activities.StartActivity("http.request", ActivityKind.Server, parent)
            : null;
        if (activity is not null)
        {
            activity.SetTag("http.request.method", http.Method);
            activity.SetTag("http.route", request.Route.Pattern);
            activity.SetTag("url.path", http.Path.Value);
            activity.SetTag("request_id", request.RequestId);
        }
        request.Trace = activity?.Context ?? (parent == default
            ? new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None)
            : parent);
        request.TraceId = request.Trace.TraceId.ToHexString();
        var headers = request.Http.Response.Headers;
        headers["X-Request-Id"] = request.RequestId;
        headers["x-trace-id"] = request.TraceId;
        // W3C Trace Context, level 2: which span of the trace the request was here.
        if (activity is not null) headers["traceresponse"] = request.TraceParent;
        return activity;
    }

    private async Task EndAsync(GatewayRequest request, GatewayError? error, Activity? activity)
    {
        var status = request.Http.RequestAborted.IsCancellationRequested && error is null
            ? ClientClosedRequest
            : request.Http.Response.StatusCode;
        metrics.Ended(request.Route, status, Stopwatch.GetElapsedTime(request.Started), error?.Kind);
        if (activity is not null)
        {
            activity.SetTag("http.response.status_code", status);
            if (error is not null) activity.SetTag("error.type", error.Kind);
            if (status >= 500) activity.SetStatus(ActivityStatusCode.Error, error?.Message);
        }
        var level = request.Route.Audit;
        if (request.IsHandled && level == AuditLevel.Refusals && error is not { Status: 401 or 403 or 429 }) return;
        if (!request.IsHandled && request.Route.Permission == Permissions.None && error is null) return;
        if (error is { Status: 401 or 429 } && throttle.Withhold(request, error)) return;
        var record = Record(request, error, null, status);
        // A change is answered when its record is written; the answer's last bytes leave with the end of this method.
        if (level == AuditLevel.Changes && request.IsHandled) await audit.AppendAsync(record).ConfigureAwait(false);
        else audit.Append(record);
    }

    private AuditEvent Record(GatewayRequest request, GatewayError? error, string? phase, int status = 0) => new()
    {
        UnixMilliseconds = time.GetUtcNow().ToUnixTimeMilliseconds(),
        Action = request.Route.Action,
        Phase = phase,
        RequestId = request.RequestId,
        TraceId = request.TraceId,
        Actor = request.Caller,
        Tenant = request.HasTenant ? request.Tenant.Value : null,
        Resource = request.Resource,
        Status = status,
        ErrorKind = error?.Kind,
        Latency = Stopwatch.GetElapsedTime(request.Started),
        PeerAddress = AddressText(request.Http.Connection.RemoteIpAddress),
        CertificateSubject = authenticator.CertificateSubject(request.Http),
    };

    private static string? AddressText(IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString();

    [LoggerMessage(1001, LogLevel.Error, "Request {RequestId} (trace {TraceId}, {Action}) failed in the server",
        EventName = "RequestFault")]
    private static partial void LogFault(
        ILogger logger, Exception exception, string requestId, string traceId, string action);
}
