using System.Globalization;
using System.Text.Json;
using TensorWasm.Host;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>What a tenant's latest invocations recorded: its guests' own spans and logs, calls and kernels.</summary>
internal sealed class TraceRoutes(RecentInvocations recent)
{
    internal IEnumerable<Route> Rows =>
    [
        new()
        {
            Method = "GET", Pattern = "/traces", Action = "list_traces", Permission = Permissions.FunctionsRead,
            Handler = ListAsync,
            Description = new("traces", "Lists the tenant's latest invocations that recorded spans or logs, newest first.")
            {
                Parameters =
                [
                    new("query", "function", "string", "Only invocations of that function."),
                    Paging.Limit,
                ],
                Answers = [(200, "application/json", "TraceList")],
            },
        },
        new()
        {
            Method = "GET", Pattern = "/traces/{trace}", Action = "get_trace", Permission = Permissions.FunctionsRead,
            Handler = GetAsync,
            Description = new("traces", "Lists the tenant's invocations of one trace: what a reply's x-trace-id names.")
            {
                Answers = [(200, "application/json", "TraceList")],
            },
        },
    ];

    private ValueTask<GatewayError?> ListAsync(GatewayRequest request)
    {
        var function = Paging.Id(request, "function");
        Write(request, recent.List(request.Tenant, function, null, Paging.LimitOf(request)));
        return ValueTask.FromResult<GatewayError?>(null);
    }

    private ValueTask<GatewayError?> GetAsync(GatewayRequest request)
    {
        var found = recent.List(request.Tenant, null, request.RouteValue("trace"), Paging.MaxLimit);
        if (found.Count == 0)
        {
            return ValueTask.FromResult<GatewayError?>(GatewayError.NotFound("There is no such trace, or no longer."));
        }
        Write(request, found);
        return ValueTask.FromResult<GatewayError?>(null);
    }

    private static void Write(GatewayRequest request, IReadOnlyList<InvocationRecord> records) =>
        JsonReply.WriteList(request.Http.Response, "invocations", records, Write);

    private static void Write(Utf8JsonWriter writer, InvocationRecord record)
    {
        var (trace, usage) = (record.Trace, record.Usage);
        writer.WriteStartObject();
        writer.WriteString("trace_id"u8, record.TraceId);
        writer.WriteString("function_id"u8, record.Function);
        writer.WriteNumber("version"u8, record.Version);
        writer.WriteString("export"u8, record.Export);
        if (record.Job is { } job) writer.WriteString("job_id"u8, job);
        writer.WriteNumber("started_unix_ms"u8, trace.StartedAt.ToUnixTimeMilliseconds());
        writer.WriteNumber("duration_us"u8, Microseconds(usage.StartTime + usage.RunTime));
        writer.WriteNumber("cpu_us"u8, Microseconds(usage.CpuTime));
        writer.WriteNumber("gpu_us"u8, Microseconds(usage.GpuTime));
        writer.WriteString("error"u8, record.Error is { } error ? RuntimeErrors.Of(error).Kind : null);
        writer.WriteStartArray("spans"u8);
        for (var i = 0; i < trace.Spans.Count; i++) Write(writer, i, trace.Spans[i]);
        writer.WriteEndArray();
        writer.WriteStartArray("logs"u8);
        foreach (var log in trace.Logs) Write(writer, log);
        writer.WriteEndArray();
        writer.WriteNumber("dropped_spans"u8, trace.DroppedSpans);
        writer.WriteNumber("dropped_logs"u8, trace.DroppedLogs);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, int index, TraceSpan span)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        WriteIndex(writer, "parent", span.Parent);
        writer.WriteString("kind"u8, span.Kind switch
        {
            TraceSpanKind.Guest => "guest"u8,
            TraceSpanKind.HostCall => "host"u8,
            _ => "kernel"u8,
        });
        writer.WriteString("name"u8, span.Name);
        writer.WriteNumber("start_us"u8, Microseconds(span.Start));
        writer.WriteNumber("duration_us"u8, Microseconds(span.Duration));
        writer.WriteString("failure"u8, span.Failure);
        writer.WriteStartObject("attributes"u8);
        foreach (var (key, value) in span.Attributes)
        {
            switch (value)
            {
                case long number:
                    writer.WriteNumber(key, number);
                    break;
                case double number when double.IsFinite(number):
                    writer.WriteNumber(key, number);
                    break;
                case double number:
                    // JSON has no numbers for these.
                    writer.WriteString(key, number.ToString(CultureInfo.InvariantCulture));
                    break;
                default:
                    writer.WriteString(key, (string)value);
                    break;
            }
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, TraceLog log)
    {
        writer.WriteStartObject();
        writer.WriteNumber("time_us"u8, Microseconds(log.Time));
        writer.WriteString("level"u8, log.Level.ToString().ToLowerInvariant());
        writer.WriteString("message"u8, log.Message);
        if (log.Context is { } context) writer.WriteString("context"u8, context);
        WriteIndex(writer, "span", log.Span);
        writer.WriteEndObject();
    }

    private static void WriteIndex(Utf8JsonWriter writer, string name, int? index)
    {
        if (index is { } number) writer.WriteNumber(name, number);
        else writer.WriteNull(name);
    }

    private static long Microseconds(TimeSpan time) => (long)time.TotalMicroseconds;
}
