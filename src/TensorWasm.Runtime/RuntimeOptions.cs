using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Runtime;

/// <summary>How a runtime works.</summary>
public sealed record RuntimeOptions
{
    /// <summary>
    /// The folder of the state: the blobs, and without <see cref="PostgresConnection"/> the database file with a lock
    /// that keeps a second process away. It is made where there is none.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>
    /// A PostgreSQL connection string, for state that several processes share; null for a SQLite file in the folder.
    /// Those processes must have the blobs in common, too: the same folder on shared storage, or <see cref="Blobs"/>.
    /// </summary>
    public string? PostgresConnection { get; init; }

    /// <summary>Where blobs lie; null for a folder "blobs" in <see cref="Folder"/>.</summary>
    public IBlobStore? Blobs { get; init; }

    /// <summary>What compiles guests.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Invocations that run at once: 16 for each processor, at least 64. Guests that wait hold a place, too, and each a
    /// thread.
    /// </summary>
    public int MaxConcurrentInvocations { get; init; } = Math.Max(64, 16 * Environment.ProcessorCount);

    /// <summary>
    /// Bytes that the memories of all sandboxes may grow to at once: twice the machine's memory, since few guests use
    /// all that they may.
    /// </summary>
    public long MaxMemoryBytes { get; init; } = 2 * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Bytes of compiled modules that are held: an eighth of the machine's memory.</summary>
    public long MaxCodeBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8;

    /// <summary>The quota of tenants that are not stored, or were stored without one.</summary>
    public TenantQuota DefaultQuota { get; init; } = TenantQuota.Default;

    /// <summary>Whether tenants that are not stored may act, with the default quota.</summary>
    public bool AcceptsUnknownTenants { get; init; } = true;

    /// <summary>How long what other processes have changed may stay unseen, on a shared database: 1 s.</summary>
    public TimeSpan Freshness { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The devices that run kernels, which stay the caller's to dispose; none by default.</summary>
    public IReadOnlyList<GpuDevice> Devices { get; init; } = [];

    /// <summary>Why there is no device, as guests read it.</summary>
    public string NoDeviceReason { get; init; } = "this server has no device";

    /// <summary>How jobs run.</summary>
    public JobOptions Jobs { get; init; } = new();

    /// <summary>
    /// How often usage is stored and old things are removed: 10 s. A crash loses so much of the accounts.
    /// </summary>
    public TimeSpan MaintenancePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where sandboxes come from, given the engine; null to make each anew.</summary>
    public Func<WasmEngine, TimeProvider, ISandboxSource>? Sandboxes { get; init; }

    /// <summary>Told of faults of the runtime itself, for the operator's log; it must not throw.</summary>
    public Action<Exception>? OnFault { get; init; }
}
