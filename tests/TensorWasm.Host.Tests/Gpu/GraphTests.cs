namespace TensorWasm.Host.Tests;

/// <summary>Recorded launches, by <c>tensorwasm:gpu</c>.</summary>
public sealed class GraphTests : DeviceTest
{
    [Theory]
    [MemberData(nameof(Devices))]
    public void Recorded_launches_run_in_order_as_often_as_one_likes(string device)
    {
        using var guest = Guest(device);
        var (_, add) = guest.Load(Kernels.Add);
        // 1, 2, 4, 8, 16: each the double of the one before.
        guest.Fill(A, 5, static i => i == 0 ? 1u : 0);
        var stream = guest.Call("stream-create");
        Assert.Equal(0, guest.Call("graph-begin", stream));
        for (uint i = 0; i < 4; i++)
        {
            Assert.Equal(0, guest.Launch(stream, add, 1, 1, new Records()
                .Pointer(A + (i * 4), 4).Pointer(A + (i * 4), 4).Pointer(A + (i * 4) + 4, 4).UInt32(1)));
        }
        var graph = guest.Call("graph-end", stream);
        Assert.True(graph > 0, guest.LastError);
        Assert.Equal(0u, guest.ReadUInt32(A + 16));
        guest.Write(2048, new byte[100]);
        Assert.Equal(0, guest.Call("graph-launch", graph, 0));
        Assert.Equal(0, guest.Call("stream-wait", 0));
        Assert.Equal(16u, guest.ReadUInt32(A + 16));
        guest.Fill(A, 1, static _ => 3);
        Assert.Equal(0, guest.Call("graph-launch", graph, stream));
        Assert.Equal(0, guest.Call("graph-launch", graph, stream));
        Assert.Equal(0, guest.Call("stream-wait", stream));
        Assert.Equal(48u, guest.ReadUInt32(A + 16));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Recording_begins_and_ends_once_and_is_not_empty(string device)
    {
        using var guest = Guest(device);
        var (_, add) = guest.Load(Kernels.Add);
        var arguments = Sums(guest, 1);
        Assert.Equal(-11, guest.Call("graph-end", 0));
        Assert.Equal(0, guest.Call("graph-begin", 0));
        Assert.Equal(-11, guest.Call("graph-begin", 0));
        Assert.Equal(-5, guest.LaunchCuda(add, 1, 1, arguments));
        Assert.Equal(-9, guest.Launch(0, add, 1, 1, Records.None));
        Assert.Equal(-11, guest.Call("graph-end", 0));
        Assert.Equal(0, guest.Call("graph-begin", 0));
        Assert.Equal(0, guest.Launch(0, add, 1, 1, arguments));
        var graph = guest.Call("graph-end", 0);
        Assert.True(graph > 0, guest.LastError);
        Assert.Equal(0, guest.Call("graph-begin", 0));
        Assert.Equal(-11, guest.Call("graph-launch", graph, 0));
        Assert.Equal(-11, guest.Call("graph-end", 0));
        Assert.Equal(0, guest.Call("graph-destroy", graph));
        Assert.Equal(-11, guest.Call("graph-launch", graph, 0));
        Assert.Equal(-11, guest.Call("graph-destroy", graph));
        Assert.Equal(0xDEADu, guest.ReadUInt32(C));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_kernel_that_is_stopped_is_reported_by_the_wait(string device)
    {
        using var guest = Guest(device);
        var (_, trap) = guest.Load(Kernels.Trap);
        var (_, add) = guest.Load(Kernels.Add);
        var arguments = Sums(guest, 1);
        Assert.Equal(0, guest.Call("graph-begin", 0));
        Assert.Equal(0, guest.Launch(0, trap, 1, 1, Records.None));
        Assert.Equal(0, guest.Launch(0, add, 1, 1, arguments));
        var graph = guest.Call("graph-end", 0);
        Assert.Equal(0, guest.Call("graph-launch", graph, 0));
        Assert.Equal(-15, guest.Call("stream-wait", 0));
        Assert.Equal(0u, guest.ReadUInt32(C));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Graphs_their_launches_and_recorded_bytes_are_limited(string device)
    {
        using var guest = Guest(device);
        var (_, stop) = guest.Load(Kernels.Trap);
        Assert.Equal(0, guest.Call("graph-begin", 0));
        for (var i = 0; i < 16384; i++)
        {
            Assert.Equal(0, guest.Launch(0, stop, 1, 1, Records.None));
        }
        Assert.Equal(-6, guest.Launch(0, stop, 1, 1, Records.None));
        Assert.True(guest.Call("graph-end", 0) > 0);
        // Seven more of 16,384 launches of 128 bytes each make 16 MiB.
        for (var graph = 0; graph < 7; graph++)
        {
            guest.Call("graph-begin", 0);
            for (var i = 0; i < 16384; i++)
            {
                Assert.Equal(0, guest.Launch(0, stop, 1, 1, Records.None));
            }
            Assert.True(guest.Call("graph-end", 0) > 0);
        }
        guest.Call("graph-begin", 0);
        Assert.Equal(-6, guest.Launch(0, stop, 1, 1, Records.None));
        Assert.Contains("16777216 bytes", guest.LastError, StringComparison.Ordinal);
    }
}
