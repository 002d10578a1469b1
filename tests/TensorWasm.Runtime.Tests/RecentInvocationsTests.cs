using TensorWasm.Host;

namespace TensorWasm.Runtime.Tests;

/// <summary>What is kept of invocations is bounded for each tenant, and for all.</summary>
public sealed class RecentInvocationsTests
{
    private static readonly InvocationTrace Trace = new(TimeProvider.System, TimeProvider.System.GetTimestamp());

    private static InvocationRecord Record(ulong tenant, int number) => new()
    {
        Tenant = new TenantId(tenant),
        TraceId = $"{number}",
        Function = new Guid(number % 2, 0, 0, new byte[8]),
        Version = 1,
        Export = "main",
        Trace = Trace,
    };

    private static IEnumerable<string> Ids(RecentInvocations recent, ulong tenant, int count = 100) =>
        recent.List(new TenantId(tenant), null, null, count).Select(record => record.TraceId);

    [Fact]
    public void The_oldest_go_first()
    {
        // Three for each tenant, five for all.
        var recent = new RecentInvocations(3 * Trace.Size, 5 * Trace.Size);
        for (var i = 0; i < 5; i++) recent.Add(Record(1, i));
        Assert.Equal(["4", "3", "2"], Ids(recent, 1));
        Assert.Equal(["4"], Ids(recent, 1, 1));
        recent.Add(Record(2, 5));
        recent.Add(Record(2, 6));
        Assert.Equal(["4", "3", "2"], Ids(recent, 1));
        recent.Add(Record(3, 7));
        Assert.Equal(["4", "3"], Ids(recent, 1));
        for (var i = 8; i < 12; i++) recent.Add(Record(4, i));
        // What one tenant adds beyond its own costs only its own.
        Assert.Equal(["11", "10", "9"], Ids(recent, 4));
        Assert.Equal(["7"], Ids(recent, 3));
        Assert.Equal(["6"], Ids(recent, 2));
        Assert.Empty(Ids(recent, 1));
    }

    [Fact]
    public void Function_and_trace_are_looked_for_among_the_tenant_s_own()
    {
        var recent = new RecentInvocations(10 * Trace.Size, 10 * Trace.Size);
        for (var i = 0; i < 4; i++) recent.Add(Record(1, i));
        var odd = new Guid(1, 0, 0, new byte[8]);
        Assert.Equal(["3", "1"], recent.List(new TenantId(1), odd, null, 9).Select(record => record.TraceId));
        Assert.Equal("2", Assert.Single(recent.List(new TenantId(1), null, "2", 9)).TraceId);
        Assert.Empty(recent.List(new TenantId(2), null, "2", 9));
    }
}
