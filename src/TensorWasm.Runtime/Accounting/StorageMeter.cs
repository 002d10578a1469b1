namespace TensorWasm.Runtime;

/// <summary>What tenants store, all kinds together.</summary>
internal sealed class StorageMeter(IFunctionStore functions, IKernelStore kernels, IJobStore jobs)
{
    /// <summary>Bytes that a tenant stores: modules by version, kernels, payloads of jobs.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    internal async Task<long> MeasureAsync(TenantId tenant, CancellationToken cancellation)
    {
        var (_, modules) = await functions.MeasureAsync(tenant, cancellation).ConfigureAwait(false);
        var (_, code) = await kernels.MeasureAsync(tenant, cancellation).ConfigureAwait(false);
        var (_, _, payloads) = await jobs.MeasureAsync(tenant, cancellation).ConfigureAwait(false);
        return modules + code + payloads;
    }

    /// <summary>Why a tenant may not store some bytes more; null where it may.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    internal async Task<RuntimeError?> CheckAsync(
        TenantId tenant, TenantQuota quota, long more, CancellationToken cancellation)
    {
        if (more == 0) return null;
        var used = await MeasureAsync(tenant, cancellation).ConfigureAwait(false);
        return more > quota.MaxStorageBytes - used
            ? new RuntimeError(
                RuntimeErrorKind.QuotaExceeded,
                $"The tenant stores {used} of {quota.MaxStorageBytes} bytes (MaxStorageBytes); {more} more don't fit.")
            : null;
    }
}
