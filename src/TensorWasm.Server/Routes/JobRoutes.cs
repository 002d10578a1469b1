using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Calling functions without waiting, and what became of that.</summary>
internal sealed class JobRoutes(JobService jobs)
{
    private const string KeyHeader = "Idempotency-Key";

    private static readonly GatewayError Unknown = GatewayError.NotFound("There is no such job.");

    internal IEnumerable<Route> Rows =>
    [
        new()
        {
            Method = "POST", Pattern = "/functions/{id}/invoke-async", Action = "invoke_function_async",
            Permission = Permissions.Invoke, Audit = AuditLevel.Changes, Handler = SubmitAsync,
            Description = new("jobs", "Calls a function later; the job survives a restart of the server.")
            {
                Body = InvocationRoutes.Bodies,
                Parameters =
                [
                    .. InvocationRoutes.Parameters,
                    new("header", KeyHeader, "string", "A key under which the request may be sent again safely."),
                ],
                Answers = [(202, "application/json", "JobAccepted")],
                Refusals = [(400, ErrorKind.InvalidArguments), (403, ErrorKind.QuotaExceeded), (409, ErrorKind.Conflict)],
            },
        },
        new()
        {
            Method = "GET", Pattern = "/jobs", Action = "list_jobs", Permission = Permissions.Jobs, Handler = ListAsync,
            Description = new("jobs", "Lists the tenant's jobs, newest first.")
            {
                Parameters =
                [
                    new("query", "function", "string", "Only jobs of that function."),
                    new("query", "state", "string", "Only jobs in that state."),
                    new("query", "before", "string", "The last job of the page before."),
                    Paging.Limit,
                ],
                Answers = [(200, "application/json", "JobList")],
            },
        },
        new()
        {
            Method = "GET", Pattern = "/jobs/{id}", Action = "get_job", Permission = Permissions.Jobs, Handler = GetAsync,
            Description = new("jobs", "Tells how a job stands.") { Answers = [(200, "application/json", "Job")] },
        },
        new()
        {
            Method = "GET", Pattern = "/jobs/{id}/output", Action = "get_job_output",
            Permission = Permissions.Jobs, Handler = GetOutputAsync,
            Description = new("jobs", "Answers what a finished job's guest emitted.")
            {
                Answers = [(200, InvocationRoutes.BytesType, "Bytes")],
            },
        },
        new()
        {
            Method = "DELETE", Pattern = "/jobs/{id}", Action = "cancel_job",
            Permission = Permissions.Jobs, Audit = AuditLevel.Changes, Handler = CancelAsync,
            Description = new("jobs", "Cancels a job that has not finished.") { Answers = [(200, "application/json", "Job")] },
        },
    ];

    private async ValueTask<GatewayError?> SubmitAsync(GatewayRequest request)
    {
        if (!FunctionPath.TryRead(request, out var function)) return InvocationRoutes.Unknown;
        var key = request.Http.Request.Headers[KeyHeader];
        if (key.Count > 1 || key.ToString().Length > JobRequest.MaxIdempotencyKeyLength)
        {
            return GatewayError.Bad(
                ErrorKind.InvalidRequest, $"{KeyHeader} is not one text of at most {JobRequest.MaxIdempotencyKeyLength} characters.");
        }
        var body = await InvokeBody.ReadAsync(request).ConfigureAwait(false);
        var outcome = await jobs.SubmitAsync(
            new()
            {
                Tenant = request.Tenant,
                Function = function,
                Export = body.Export,
                Arguments = body.Arguments,
                Input = body.Input,
                Deadline = body.Deadline,
                IdempotencyKey = key.Count == 0 || key[0]!.Length == 0 ? null : key[0],
                TraceParent = request.TraceParent,
            },
            request.Aborted).ConfigureAwait(false);
        if (!outcome.Succeeded) return RuntimeErrors.Of(outcome.Error);
        var id = outcome.Value.Job.Id;
        request.About("job_id", id.ToString());
        var response = request.Http.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.Headers.Location = $"/jobs/{id}";
        JsonReply.Write(response, id, static (writer, id) =>
        {
            writer.WriteStartObject();
            writer.WriteString("job_id"u8, id);
            writer.WriteEndObject();
        });
        return null;
    }

    private async ValueTask<GatewayError?> ListAsync(GatewayRequest request)
    {
        var limit = Paging.LimitOf(request);
        JobStatus? status = null;
        if (request.Http.Request.Query["state"] is { Count: > 0 } text)
        {
            status = JobJson.TryParseState(text.ToString(), out var parsed)
                ? parsed
                : throw JsonFields.Wrong("state", "pending, running, completed, failed or cancelled");
        }
        var filter = new JobFilter(Paging.Id(request, "function"), status);
        var page = await jobs.ListAsync(request.Tenant, filter, Paging.Id(request, "before"), limit, request.Aborted)
            .ConfigureAwait(false);
        if (!page.Succeeded) return RuntimeErrors.Of(page.Error);
        JsonReply.WriteList(
            request.Http.Response, "jobs", page.Value, JobJson.Write, page.Value.Count == limit ? page.Value[^1].Id : null);
        return null;
    }

    private async ValueTask<GatewayError?> GetAsync(GatewayRequest request)
    {
        if (!TryGetId(request, out var id)) return Unknown;
        return Answer(request, await jobs.FindAsync(request.Tenant, id, request.Aborted).ConfigureAwait(false));
    }

    private async ValueTask<GatewayError?> CancelAsync(GatewayRequest request)
    {
        if (!TryGetId(request, out var id)) return Unknown;
        return Answer(request, await jobs.CancelAsync(request.Tenant, id, request.Aborted).ConfigureAwait(false));
    }

    private async ValueTask<GatewayError?> GetOutputAsync(GatewayRequest request)
    {
        if (!TryGetId(request, out var id)) return Unknown;
        var outcome = await jobs.ReadOutputAsync(request.Tenant, id, request.Aborted).ConfigureAwait(false);
        if (!outcome.Succeeded) return RuntimeErrors.Of(outcome.Error);
        var response = request.Http.Response;
        response.ContentType = InvocationRoutes.BytesType;
        response.ContentLength = outcome.Value?.Length ?? 0;
        await response.BodyWriter.WriteAsync(outcome.Value, request.Aborted).ConfigureAwait(false);
        return null;
    }

    private static GatewayError? Answer(GatewayRequest request, Outcome<JobRecord> outcome)
    {
        if (!outcome.Succeeded) return RuntimeErrors.Of(outcome.Error);
        JsonReply.Write(request.Http.Response, outcome.Value, JobJson.Write);
        return null;
    }

    private static bool TryGetId(GatewayRequest request, out Guid id)
    {
        if (!Guid.TryParse(request.RouteValue("id"), out id)) return false;
        request.About("job_id", id.ToString());
        return true;
    }
}
