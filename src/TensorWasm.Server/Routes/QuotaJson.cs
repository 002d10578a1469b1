using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>A tenant's quota as JSON. What a request does not name stays as it was.</summary>
internal static class QuotaJson
{
    private const double MaxNumber = 9e15;

    // Name, value, change; times in seconds.
    private static readonly (string Name, bool IsWhole, Func<TenantQuota, double> Get,
        Func<TenantQuota, double, TenantQuota> Set)[] Fields =
    [
        ("weight", true, q => q.Weight, (q, v) => q with { Weight = ToInt(v) }),
        ("max_concurrent_invocations", true, q => q.MaxConcurrentInvocations,
            (q, v) => q with { MaxConcurrentInvocations = ToInt(v) }),
        ("max_queued_invocations", true, q => q.MaxQueuedInvocations, (q, v) => q with { MaxQueuedInvocations = ToInt(v) }),
        ("queue_seconds", false, q => q.QueueTime.TotalSeconds, (q, v) => q with { QueueTime = Seconds(v) }),
        ("max_deadline_seconds", false, q => q.MaxDeadline.TotalSeconds, (q, v) => q with { MaxDeadline = Seconds(v) }),
        ("max_sandbox_memory_bytes", true, q => q.MaxSandboxMemoryBytes, (q, v) => q with { MaxSandboxMemoryBytes = (long)v }),
        ("max_memory_bytes", true, q => q.MaxMemoryBytes, (q, v) => q with { MaxMemoryBytes = (long)v }),
        ("max_functions", true, q => q.MaxFunctions, (q, v) => q with { MaxFunctions = ToInt(v) }),
        ("max_versions", true, q => q.MaxVersions, (q, v) => q with { MaxVersions = ToInt(v) }),
        ("max_module_bytes", true, q => q.MaxModuleBytes, (q, v) => q with { MaxModuleBytes = (long)v }),
        ("max_storage_bytes", true, q => q.MaxStorageBytes, (q, v) => q with { MaxStorageBytes = (long)v }),
        ("max_unfinished_jobs", true, q => q.MaxUnfinishedJobs, (q, v) => q with { MaxUnfinishedJobs = ToInt(v) }),
        ("max_stored_jobs", true, q => q.MaxStoredJobs, (q, v) => q with { MaxStoredJobs = ToInt(v) }),
        ("max_kernels", true, q => q.MaxKernels, (q, v) => q with { MaxKernels = ToInt(v) }),
        ("requests_per_second", false, q => q.RequestsPerSecond, (q, v) => q with { RequestsPerSecond = v }),
        ("request_burst", true, q => q.RequestBurst, (q, v) => q with { RequestBurst = ToInt(v) }),
        ("max_device_bytes", true, q => q.MaxDeviceBytes, (q, v) => q with { MaxDeviceBytes = (long)v }),
        ("launches_per_second", false, q => q.LaunchesPerSecond, (q, v) => q with { LaunchesPerSecond = v }),
        ("gpu_time_per_second", false, q => q.GpuTimePerSecond, (q, v) => q with { GpuTimePerSecond = v }),
    ];

    /// <summary>The names of all values.</summary>
    internal static IEnumerable<string> Names => Fields.Select(row => row.Name);

    /// <summary>A quota with a request's changes.</summary>
    /// <exception cref="RefusalException">A value is unknown, has the wrong form or is out of its range.</exception>
    internal static TenantQuota Read(JsonElement json, TenantQuota quota)
    {
        foreach (var member in json.EnumerateObject())
        {
            var row = Array.Find(Fields, row => row.Name == member.Name);
            // A misspelt limit that is passed over would limit nothing.
            if (row.Name is null) throw Unknown(member.Name);
            var value = row.IsWhole
                ? json.Whole(member.Name, 0, (long)MaxNumber)
                : json.Number(member.Name, 0, MaxNumber);
            if (value is { } some) quota = row.Set(quota, some);
        }
        var errors = quota.Validate();
        return errors.Count == 0
            ? quota
            : throw new RefusalException(GatewayError.Bad(ErrorKind.InvalidRequest, string.Join(" ", errors), "quota"));
    }

    internal static void Write(Utf8JsonWriter writer, TenantQuota quota)
    {
        writer.WriteStartObject();
        foreach (var row in Fields) writer.WriteNumber(row.Name, row.Get(quota));
        writer.WriteEndObject();
    }

    private static RefusalException Unknown(string name) => new(GatewayError.Bad(
        ErrorKind.InvalidRequest, $"'quota' has no value '{name}'; it has {string.Join(", ", Names)}.", "quota"));

    private static int ToInt(double value) => (int)Math.Min(value, int.MaxValue);

    private static TimeSpan Seconds(double value) => TimeSpan.FromSeconds(Math.Min(value, 1e9));
}
