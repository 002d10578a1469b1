using System.Text;
using TensorWasm.Engine;

namespace TensorWasm.Host.Tests;

/// <summary><c>wasi:tensor</c>: codes and limits as TensorWasm's documents have them.</summary>
public sealed class TensorTests
{
    public static TheoryData<string> Modules => ["wasi:tensor/host", "wasi:tensor/host@0.1.0"];

    [Theory]
    [MemberData(nameof(Modules))]
    public void Chunks_reach_the_stream_whole_and_in_order(string module)
    {
        var stream = new MemoryGuestStream();
        using var guest = new TestGuest(null);
        guest.Context.BeginInvocation(stream: stream);
        guest.Write(100, "one, two");
        Assert.Equal(0, guest.CallIn(module, "emit-chunk", 100, 5));
        Assert.Equal(0, guest.CallIn(module, "emit-chunk", 105, 3));
        Assert.Equal(0, guest.CallIn(module, "emit-chunk", 0, 0));
        Assert.Equal(0, guest.CallIn(module, "flush"));
        Assert.Equal(["one, ", "two"], stream.Chunks.Select(Encoding.UTF8.GetString));
        Assert.Equal(1, stream.Flushes);
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Without_the_capability_or_a_stream_nothing_is_sent(string module)
    {
        var stream = new MemoryGuestStream { Input = "hello"u8.ToArray() };
        using var off = new TestGuest(null, static c => c with { Capabilities = HostCapabilities.Cuda });
        off.Context.BeginInvocation(stream: stream);
        using var none = new TestGuest(null);
        none.Context.BeginInvocation();
        foreach (var guest in (TestGuest[])[off, none])
        {
            Assert.Equal(-1, guest.CallIn(module, "emit-chunk", 0, 1));
            Assert.Equal(-1, guest.CallIn(module, "emit-chunk", 0xFFFFFFFF, 1));
            Assert.Equal(-1, guest.CallIn(module, "flush"));
            Assert.Equal(0, guest.CallIn(module, "input-len"));
            Assert.Equal(-1, guest.CallIn(module, "read-input", 0, 10));
        }
        Assert.Empty(stream.Chunks);
    }

    [Fact]
    public void A_chunk_has_at_most_64_KiB_and_all_of_them_64_MiB()
    {
        var stream = new MemoryGuestStream { Keeps = false };
        using var guest = new TestGuest(null);
        guest.Context.BeginInvocation(stream: stream);
        Assert.Equal(-2, guest.CallIn("wasi:tensor/host", "emit-chunk", 0, 65537));
        for (var i = 0; i < 1024; i++)
        {
            Assert.Equal(0, guest.CallIn("wasi:tensor/host", "emit-chunk", 0, 65536));
        }
        Assert.Equal(-2, guest.CallIn("wasi:tensor/host", "emit-chunk", 0, 1));
        Assert.Equal(0, guest.CallIn("wasi:tensor/host", "emit-chunk", 0, 0));
        guest.Context.BeginInvocation(stream: stream);
        Assert.Equal(0, guest.CallIn("wasi:tensor/host", "emit-chunk", 0, 1));
    }

    [Fact]
    public void A_range_outside_memory_sends_nothing()
    {
        var stream = new MemoryGuestStream { Input = "hello"u8.ToArray() };
        using var guest = new TestGuest(null);
        guest.Context.BeginInvocation(stream: stream);
        const long End = 4 * 65536;
        Assert.Equal(-2, guest.CallIn("wasi:tensor/host", "emit-chunk", End - 1, 2));
        Assert.Equal(0, guest.CallIn("wasi:tensor/host", "emit-chunk", End - 1, 1));
        Assert.Equal(-2, guest.CallIn("wasi:tensor/host", "emit-chunk", 0xFFFFFFFF, 2));
        Assert.Equal(-2, guest.CallIn("wasi:tensor/host", "read-input", End - 4, 5));
        Assert.Single(stream.Chunks);
    }

    [Fact]
    public void A_client_that_has_gone_is_told_apart()
    {
        var stream = new MemoryGuestStream { IsGone = true };
        using var guest = new TestGuest(null);
        guest.Context.BeginInvocation(stream: stream);
        Assert.Equal(-3, guest.CallIn("wasi:tensor/host", "emit-chunk", 0, 1));
    }

    [Fact]
    public void Input_is_read_as_far_as_there_is_room()
    {
        var stream = new MemoryGuestStream { Input = "hello"u8.ToArray() };
        using var guest = new TestGuest(null);
        guest.Context.BeginInvocation(stream: stream);
        Assert.Equal(5, guest.CallIn("wasi:tensor/host@0.1.0", "input-len"));
        Assert.Equal(3, guest.CallIn("wasi:tensor/host@0.1.0", "read-input", 100, 3));
        Assert.Equal("hel"u8, guest.Read(100, 3));
        Assert.Equal(5, guest.CallIn("wasi:tensor/host@0.1.0", "read-input", 200, 1000));
        Assert.Equal("hello\0"u8, guest.Read(200, 6));
    }

    [Fact]
    public void A_guest_that_is_stopped_while_it_waits_for_a_slow_client_traps()
    {
        var stream = new MemoryGuestStream { IsSlow = true };
        using var guest = new TestGuest(null);
        guest.Context.BeginInvocation(stream: stream);
        using var timeout = guest.Store.InterruptAfter(TimeSpan.FromMilliseconds(50));
        var trap = Assert.Throws<TrapException>(() => guest.CallIn("wasi:tensor/host", "emit-chunk", 0, 1));
        Assert.Equal(TrapCode.Interrupted, trap.Code);
    }
}
