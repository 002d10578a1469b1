using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>
/// Jobs as JSON. <c>status</c> has TensorWasm's three values, for its clients, who poll until it is not pending;
/// <c>state</c> tells more.
/// </summary>
internal static class JobJson
{
    private static readonly (JobStatus Status, string State, string Coarse)[] States =
    [
        (JobStatus.Pending, "pending", "pending"),
        (JobStatus.Running, "running", "pending"),
        (JobStatus.Completed, "completed", "completed"),
        (JobStatus.Failed, "failed", "failed"),
        (JobStatus.Cancelled, "cancelled", "failed"),
    ];

    internal static bool TryParseState(string text, out JobStatus status)
    {
        var index = Array.FindIndex(States, row => row.State == text);
        status = index < 0 ? default : States[index].Status;
        return index >= 0;
    }

    internal static void Write(Utf8JsonWriter writer, JobRecord job)
    {
        var row = Array.Find(States, row => row.Status == job.Status);
        writer.WriteStartObject();
        writer.WriteString("id"u8, job.Id);
        writer.WriteString("function_id"u8, job.Function);
        writer.WriteNumber("version"u8, job.Version);
        writer.WriteString("status"u8, row.Coarse);
        writer.WriteString("state"u8, row.State);
        writer.WriteNumber("created_unix_ms"u8, job.CreatedAt.ToUnixTimeMilliseconds());
        if (job.StartedAt is { } started) writer.WriteNumber("started_unix_ms"u8, started.ToUnixTimeMilliseconds());
        if (job.FinishedAt is { } finished) writer.WriteNumber("finished_unix_ms"u8, finished.ToUnixTimeMilliseconds());
        writer.WriteNumber("attempts"u8, job.Attempts);
        writer.WriteBoolean("has_output"u8, job.Output is not null);
        if (job.Status == JobStatus.Completed)
        {
            writer.WritePropertyName("result"u8);
            Results.WritePayload(writer, job.Function, (job.Results ?? []).AsSpan());
        }
        else if (job.IsFinished)
        {
            var error = job.Error is { } failure
                ? RuntimeErrors.Of(failure)
                : new GatewayError(ErrorKind.Cancelled, 409, "The job was cancelled.");
            writer.WriteStartObject("result"u8);
            writer.WriteString("kind"u8, error.Kind);
            writer.WriteString("message"u8, error.Message);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}
