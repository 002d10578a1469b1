namespace TensorWasm.Gpu;

/// <summary>
/// Start-time fair queueing of launches between the tenants of a device. A kernel can't be taken off a GPU, so a share
/// is
/// enforced by how many launches a tenant may have in flight: many while it is alone, few while others compete, and
/// none beyond one quantum of device time (by weight) ahead of the competitor that has had least.
/// </summary>
/// <param name="reap">Makes the device report launches that have ended meanwhile.</param>
internal sealed class FairShare(Action reap)
{
    /// <summary>Launches of a tenant in flight while no other tenant wants the device.</summary>
    internal const int MaxInFlightAlone = 1024;

    /// <summary>Launches of a tenant in flight while another one competes: one runs, one is ready behind it.</summary>
    internal const int MaxInFlightContended = 2;

    /// <summary>How far, in nanoseconds of virtual time, a tenant may be ahead of a competitor: 2 ms.</summary>
    internal const double Quantum = 2e6;

    private static readonly TimeSpan Poll = TimeSpan.FromMicroseconds(200);

    private readonly object _lock = new();
    private readonly Dictionary<GpuTenant, TenantShare> _shares = [];
    private int _waiting;
    private int _active;
    private int _tenants;

    /// <summary>Tenants that have regions on the device.</summary>
    internal int Tenants => Volatile.Read(ref _tenants);

    /// <summary>A tenant's share, for one more region.</summary>
    internal TenantShare Enter(GpuTenant tenant)
    {
        lock (_lock)
        {
            if (!_shares.TryGetValue(tenant, out var share))
            {
                _shares.Add(tenant, share = new TenantShare(tenant));
                _tenants = _shares.Count;
            }
            share.Regions++;
            return share;
        }
    }

    /// <summary>Takes a region away from a share.</summary>
    internal void Leave(TenantShare share)
    {
        lock (_lock)
        {
            if (--share.Regions == 0)
            {
                _shares.Remove(share.Tenant);
                _tenants = _shares.Count;
            }
        }
    }

    /// <summary>Returns when the tenant may launch.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    internal void Admit(TenantShare share, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (!share.IsActive)
            {
                // Who was away neither saves up time nor owes it for ever.
                share.VirtualTime = Math.Max(share.VirtualTime, Least(share) - Quantum);
            }
            if (!MayLaunch(share))
            {
                Wait(share, cancellation);
            }
            Change(share, inFlight: 1, waiting: 0);
        }
    }

    /// <summary>Says that launches have ended.</summary>
    internal void Complete(TenantShare share, long nanoseconds, int launches = 1)
    {
        lock (_lock)
        {
            Change(share, inFlight: -launches, waiting: 0);
            share.VirtualTime += nanoseconds / share.Tenant.Quota.Weight;
            if (_waiting > 0)
            {
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>Says that a launch was admitted and then not made.</summary>
    internal void Withdraw(TenantShare share) => Complete(share, 0);

    private void Wait(TenantShare share, CancellationToken cancellation)
    {
        Change(share, inFlight: 0, waiting: 1);
        try
        {
            do
            {
                cancellation.ThrowIfCancellationRequested();
                Monitor.Exit(_lock);
                try
                {
                    reap();
                }
                finally
                {
                    Monitor.Enter(_lock);
                }
                if (MayLaunch(share))
                {
                    return;
                }
                Monitor.Wait(_lock, Poll);
            }
            while (!MayLaunch(share));
        }
        finally
        {
            Change(share, inFlight: 0, waiting: -1);
        }
    }

    private void Change(TenantShare share, int inFlight, int waiting)
    {
        var wasActive = share.IsActive;
        share.InFlight += inFlight;
        share.Waiting += waiting;
        _waiting += waiting;
        _active += (share.IsActive ? 1 : 0) - (wasActive ? 1 : 0);
    }

    private bool MayLaunch(TenantShare share)
    {
        var least = Least(share);
        return double.IsNegativeInfinity(least)
            ? share.InFlight < MaxInFlightAlone
            : share.InFlight < MaxInFlightContended && share.VirtualTime <= least + Quantum;
    }

    /// <summary>The least virtual time of the other active tenants; minus infinity when there is none.</summary>
    private double Least(TenantShare share)
    {
        var least = double.PositiveInfinity;
        if (_active == (share.IsActive ? 1 : 0))
        {
            return double.NegativeInfinity;
        }
        foreach (var other in _shares.Values)
        {
            if (other != share && other.IsActive)
            {
                least = Math.Min(least, other.VirtualTime);
            }
        }
        return least;
    }
}
