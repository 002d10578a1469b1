namespace TensorWasm.Gpu.Tests;

/// <summary>Who may launch when, on a simulated device that runs one launch after another.</summary>
public sealed class FairShareTests
{
    [Fact]
    public void A_tenant_alone_may_keep_many_launches_in_flight()
    {
        var fair = new FairShare(() => { });
        var share = fair.Enter(new GpuTenant("alone"));
        for (var i = 0; i < FairShare.MaxInFlightAlone; i++)
        {
            fair.Admit(share, CancellationToken.None);
        }
        using var soon = new CancellationTokenSource(20);
        Assert.Throws<OperationCanceledException>(() => fair.Admit(share, soon.Token));
        fair.Complete(share, 100);
        fair.Admit(share, CancellationToken.None);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 5)]
    public void Competing_tenants_get_time_by_weight_whatever_their_kernels_take(double weightA, double weightB)
    {
        // A's kernels take ten times as long as B's; both always want more.
        var (a, b) = (new Guest(weightA, 1_000_000), new Guest(weightB, 100_000));
        var queue = new Queue<Guest>();
        FairShare fair = null!;
        fair = new FairShare(() => { });
        a.Share = fair.Enter(a.Tenant);
        b.Share = fair.Enter(b.Tenant);
        using var never = new CancellationTokenSource();
        never.Cancel();
        for (var round = 0; round < 20_000; round++)
        {
            foreach (var guest in new[] { a, b })
            {
                while (TryAdmit(fair, guest.Share, never.Token))
                {
                    queue.Enqueue(guest);
                    if (queue.Count > 100)
                    {
                        break;
                    }
                }
            }
            var done = queue.Dequeue();
            done.Used += done.KernelNanoseconds;
            fair.Complete(done.Share, done.KernelNanoseconds);
        }
        Assert.Equal(weightA / weightB, a.Used / b.Used, tolerance: 0.1 * weightA / weightB);
    }

    [Fact]
    public void Who_was_away_has_saved_nothing_up()
    {
        var fair = new FairShare(() => { });
        var busy = fair.Enter(new GpuTenant("busy"));
        var late = fair.Enter(new GpuTenant("late"));
        for (var i = 0; i < 1000; i++)
        {
            fair.Admit(busy, CancellationToken.None);
            fair.Complete(busy, 1_000_000);
        }
        fair.Admit(busy, CancellationToken.None);
        fair.Admit(late, CancellationToken.None);

        // A second of past work does not shut the busy one out: it waits for two quanta at most.
        fair.Complete(late, (long)(2 * FairShare.Quantum));
        fair.Admit(late, CancellationToken.None);
        using var soon = new CancellationTokenSource(1000);
        fair.Admit(busy, soon.Token);
    }

    private static bool TryAdmit(FairShare fair, TenantShare share, CancellationToken cancelled)
    {
        try
        {
            fair.Admit(share, cancelled);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private sealed class Guest(double weight, long kernelNanoseconds)
    {
        internal GpuTenant Tenant { get; } = new("guest", new GpuQuota { Weight = weight });

        internal TenantShare Share { get; set; } = null!;

        internal long KernelNanoseconds { get; } = kernelNanoseconds;

        internal double Used { get; set; }
    }
}
