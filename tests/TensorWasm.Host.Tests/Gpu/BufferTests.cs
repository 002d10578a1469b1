using TensorWasm.Gpu;

namespace TensorWasm.Host.Tests;

/// <summary>The device and its memory, by <c>tensorwasm:gpu</c>.</summary>
public sealed class BufferTests : DeviceTest
{
    [Theory]
    [MemberData(nameof(Devices))]
    public void The_device_tells_what_it_is(string device)
    {
        var info = TestDevices.Get(device).Info;
        using var guest = Guest(device, static c => c with
        {
            Tenant = new GpuTenant("t", new GpuQuota { MemoryBytes = 64 << 20 }),
        });
        Assert.Equal(1, guest.Call("device-count"));
        var length = (int)guest.Call("device-name", 0, 0, 1000);
        Assert.Equal(info.Name, System.Text.Encoding.UTF8.GetString(guest.Read(0, length)));
        guest.Write(0, new byte[10]);
        Assert.Equal(length, guest.Call("device-name", 0, 0, 3));
        Assert.Equal(0, guest.Read(3, 1)[0]);
        long Query(long property) => guest.Call("device-query", 0, property);
        Assert.Equal(device == "cuda" ? 1 : 0, Query(0));
        Assert.Equal(info.Architecture, Query(1));
        Assert.Equal((long)info.MemoryBytes, Query(2));
        Assert.InRange(Query(3), 0, Query(2));
        Assert.InRange(Query(4), 0, 64 << 20);
        Assert.Equal(info.Multiprocessors, Query(5));
        Assert.Equal(32, Query(6));
        Assert.Equal(1024, Query(7));
        Assert.Equal([1024, 1024, 64], [Query(8), Query(9), Query(10)]);
        Assert.Equal([int.MaxValue, 65535, 65535], [Query(11), Query(12), Query(13)]);
        Assert.Equal(info.MaxSharedBytesPerBlock, Query(14));
        Assert.Equal(-9, Query(15));
        Assert.Equal(-9, Query(-1));
        Assert.Equal(-1, guest.Call("device-query", 1, 0));
        Assert.Equal(-1, guest.Call("device-name", 1, 0, 0));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Buffers_are_zeroed_and_keep_what_is_written(string device)
    {
        using var guest = Guest(device);
        var buffer = guest.Call("buffer-alloc", 1000);
        Assert.True(buffer > 0, guest.LastError);
        guest.Fill(A, 250, static _ => 0xFFFFFFFF);
        Assert.Equal(0, guest.Call("buffer-read", buffer, 0, A, 1000));
        Assert.Equal(new byte[1000], guest.Read(A, 1000));
        guest.Write(A, "some bytes");
        Assert.Equal(0, guest.Call("buffer-write", buffer, 990, A, 10));
        Assert.Equal(0, guest.Call("buffer-fill", buffer, 2, 3, 0x1FF));
        Assert.Equal(0, guest.Call("buffer-read", buffer, 988, B, 12));
        Assert.Equal("\0\0some bytes"u8, guest.Read(B, 12));
        Assert.Equal(0, guest.Call("buffer-read", buffer, 0, B, 6));
        Assert.Equal([0, 0, 0xFF, 0xFF, 0xFF, 0], guest.Read(B, 6));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void What_leaves_a_buffer_or_memory_copies_nothing(string device)
    {
        using var guest = Guest(device);
        var buffer = guest.Call("buffer-alloc", 1000);
        const long End = 4 * 65536;
        foreach (var name in (string[])["buffer-write", "buffer-read"])
        {
            Assert.Equal(-2, guest.Call(name, buffer, 0, A, 1001));
            Assert.Equal(-2, guest.Call(name, buffer, 1000, A, 1));
            Assert.Equal(-2, guest.Call(name, buffer, -1, A, 2));
            Assert.Equal(-2, guest.Call(name, buffer, 0, End - 1, 2));
            Assert.Equal(-2, guest.Call(name, buffer, 0, 0xFFFFFFFF, 2));
            Assert.Equal(0, guest.Call(name, buffer, 1000, End, 0));
            Assert.Equal(0, guest.Call(name, buffer, 999, End - 1, 1));
        }
        Assert.Equal(-2, guest.Call("buffer-fill", buffer, 0, 1001, 0));
        Assert.Equal(-2, guest.Call("buffer-fill", buffer, 2, -1, 0));
        Assert.Equal(0, guest.Call("buffer-fill", buffer, 1000, 0, 0));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Freed_buffers_are_gone(string device)
    {
        using var guest = Guest(device);
        var buffer = guest.Call("buffer-alloc", 256);
        Assert.Equal(0, guest.Call("buffer-free", buffer));
        Assert.Equal(-11, guest.Call("buffer-free", buffer));
        var next = guest.Call("buffer-alloc", 256);
        Assert.NotEqual(buffer, next);
        Assert.Equal(-11, guest.Call("buffer-read", buffer, 0, A, 1));
        Assert.Equal(-11, guest.Call("buffer-fill", buffer, 0, 1, 0));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Sizes_numbers_and_quotas_are_limited(string device)
    {
        var tenant = new GpuTenant("t", new GpuQuota { MemoryBytes = 256 << 20 });
        using var guest = Guest(device, c => c with { Tenant = tenant, RegionBits = 35 });
        Assert.Equal(-9, guest.Call("buffer-alloc", 0));
        Assert.Equal(-12, guest.Call("buffer-alloc", -1));
        Assert.Equal(-12, guest.Call("buffer-alloc", 8L << 30));
        Assert.Equal(-6, guest.Call("buffer-alloc", 300 << 20));
        Assert.Contains("tenant 't'", guest.LastError, StringComparison.Ordinal);
        for (var i = 0; i < 4096; i++)
        {
            Assert.True(guest.Call("buffer-alloc", 1) > 0, guest.LastError);
        }
        Assert.Equal(-6, guest.Call("buffer-alloc", 1));
        Assert.Contains("4096 buffers", guest.LastError, StringComparison.Ordinal);
        guest.Context.Gpu.Reset();
        Assert.InRange(tenant.Usage.MemoryBytes, 0, 64 << 20);
        Assert.True(guest.Call("buffer-alloc", 1) > 0);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void All_memory_goes_back_to_the_tenant_with_the_sandbox(string device)
    {
        var tenant = new GpuTenant("t", new GpuQuota { MemoryBytes = 256 << 20 });
        using (var guest = Guest(device, c => c with { Tenant = tenant }))
        {
            guest.Call("buffer-alloc", 10 << 20);
            guest.Call("stream-create");
            guest.Call("event-create");
            guest.Load(Kernels.Two, "count");
            Assert.True(tenant.Usage.MemoryBytes >= 10 << 20);
        }
        Assert.Equal(0, tenant.Usage.MemoryBytes);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Kernels_take_buffers_with_an_offset(string device)
    {
        using var guest = Guest(device);
        var (_, kernel) = guest.Load(Kernels.Add);
        const int Count = 100;
        Sums(guest, Count);
        var input = guest.Call("buffer-alloc", Count * 8);
        var output = guest.Call("buffer-alloc", (Count * 4) + 12);
        Assert.Equal(0, guest.Call("buffer-write", input, 0, A, Count * 4));
        Assert.Equal(0, guest.Call("buffer-write", input, Count * 4, B, Count * 4));
        Assert.Equal(0, guest.Launch(0, kernel, 1, 128, new Records()
            .Buffer(input).Buffer(input, Count * 4).Buffer(output, 12).UInt32(Count)));
        Assert.Equal(0, guest.Call("stream-wait", 0));
        Assert.Equal(0, guest.Call("buffer-read", output, 12, C, Count * 4));
        AssertSums(guest, Count);

        Records With(Records last) => new Records().Buffer(input).Buffer(input).Add(last.Bytes[0], last.Bytes[1..].ToArray()).UInt32(0);
        Assert.Equal(0, guest.Launch(0, kernel, 1, 1, With(new Records().Buffer(output, (Count * 4) + 12))));
        Assert.Equal(-2, guest.Launch(0, kernel, 1, 1, With(new Records().Buffer(output, (Count * 4) + 13))));
        Assert.Equal(-2, guest.Launch(0, kernel, 1, 1, With(new Records().Buffer(output, ulong.MaxValue))));
        Assert.Equal(-11, guest.Launch(0, kernel, 1, 1, With(new Records().Buffer(output + 1))));
        Assert.Equal(-9, guest.Launch(0, kernel, 1, 1, new Records().Buffer(input).Buffer(input).Add(8, new byte[11])));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Kernels_take_structures_and_small_numbers_as_bytes(string device)
    {
        using var guest = Guest(device);
        var (_, kernel) = guest.Load(Kernels.Pair);
        Assert.Equal(0, guest.Launch(0, kernel, 1, 1, new Records()
            .Structure(100, 0, 0, 0, 0, 1, 0, 0).Structure(7).Pointer(A, 4)));
        Assert.Equal(0, guest.Call("stream-wait", 0));
        Assert.Equal(363u, guest.ReadUInt32(A));
        Records[] wrong =
        [
            new Records().Structure(1, 2, 3, 4).Structure(7).Pointer(A, 4),
            new Records().UInt64(1).Structure(7).Pointer(A, 4),
            new Records().Structure(100, 0, 0, 0, 0, 1, 0, 0).UInt32(7).Pointer(A, 4),
            new Records().Add(9, [8, 0, 0, 0, 1, 2, 3]),
            new Records().Add(9, [0xFF, 0xFF, 0xFF, 0xFF]),
        ];
        Assert.All(wrong, arguments => Assert.Equal(-9, guest.Launch(0, kernel, 1, 1, arguments)));
    }
}
