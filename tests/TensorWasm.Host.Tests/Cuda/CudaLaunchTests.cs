using System.Globalization;
using System.Text;
using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Host.Tests;

/// <summary><c>wasi:cuda</c> on real devices: launches, arguments and their failures.</summary>
public sealed class CudaLaunchTests : DeviceTest
{
    private const int Count = 1000;

    [Theory]
    [MemberData(nameof(Devices))]
    public void Both_versions_launch_and_results_are_there_when_the_launch_returns(string device)
    {
        foreach (var module in (string[])[TestGuest.Cuda1, TestGuest.Cuda2])
        {
            using var guest = Guest(device);
            var kernel = guest.LoadCuda(Kernels.Add, "add", module);
            Assert.True(kernel > 0, guest.LastError);
            var arguments = Sums(guest, Count);
            var length = guest.Write(2048, arguments.Bytes);
            Assert.Equal(
                0, guest.CallIn(module, "wasi_cuda_launch", kernel, 4, 1, 1, 256, 1, 1, 0, 2048, length));
            AssertSums(guest, Count);
            Assert.Equal(0, guest.CallIn(module, "wasi_cuda_sync"));
            Assert.Equal(0, guest.CallIn(module, "wasi_cuda_last_error_len"));
        }
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Every_tag_arrives_as_it_was_sent(string device)
    {
        using var guest = Guest(device);
        var kernel = guest.LoadCuda(Kernels.Kinds, "kinds");
        guest.Write(A, new byte[48]);
        Assert.Equal(0, guest.LaunchCuda(kernel, 1, 1, new Records()
            .Int32(-5).Int64(long.MinValue + 7).Float32(1.5f).Float64(-2.25).UInt32(0xFFFFFFFE).UInt64(ulong.MaxValue - 8)
            .Pointer(A, 48)));
        Assert.Equal(
            "fbffffffffffffff" + "0700000000000080" + "0000c03f00000000" + "00000000000002c0" + "feffffff00000000"
            + "f7ffffffffffffff",
            Convert.ToHexStringLower(guest.Read(A, 48)));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Arguments_that_the_kernel_does_not_declare_launch_nothing(string device)
    {
        using var guest = Guest(device);
        var kernel = guest.LoadCuda(Kernels.Add, "add");
        Sums(guest, 1);
        Records Three() => new Records().Pointer(A, 4).Pointer(B, 4).Pointer(C, 4);
        (string Name, Records Arguments)[] wrong =
        [
            ("none", Records.None),
            ("one too few", Three()),
            ("one too many", Three().UInt32(1).UInt32(1)),
            ("a float for an integer", Three().Float32(1)),
            ("8 bytes for 4", Three().UInt64(1)),
            ("4 bytes for 8", new Records().UInt32(0).Pointer(B, 4).Pointer(C, 4).UInt32(1)),
            ("a double for a pointer", new Records().Float64(0).Pointer(B, 4).Pointer(C, 4).UInt32(1)),
            ("a pointer for a number", Three().Pointer(A, 4)),
            ("tag 0", Three().Add(0, new byte[4])),
            ("tag 8", Three().Buffer(1)),
            ("tag 9", Three().Structure(1, 0, 0, 0)),
            ("tag 255", Three().Add(255, new byte[4])),
            ("cut short", Three().Add(5, new byte[3])),
            ("only a tag", Three().Add(5, [])),
            ("half a pointer", new Records().Add(7, new byte[7])),
        ];
        foreach (var (name, arguments) in wrong)
        {
            Assert.True(guest.LaunchCuda(kernel, 1, 1, arguments) == -9, name);
            Assert.NotEmpty(guest.LastError);
        }
        Assert.Equal(0xDEADu, guest.ReadUInt32(C));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void There_are_at_most_128_arguments(string device)
    {
        using var guest = Guest(device);
        string WithParameters(int count) => string.Create(
            CultureInfo.InvariantCulture,
            $".version 7.8\n.target sm_70\n.address_size 64\n.visible .entry many({string.Join(
                ", ", Enumerable.Range(0, count).Select(static i => $".param .u32 p{i}"))})\n{{ ret; }}");
        Records Numbers(int count)
        {
            var records = new Records();
            for (var i = 0; i < count; i++)
            {
                records.UInt32((uint)i);
            }
            return records;
        }

        var most = guest.LoadCuda(WithParameters(128), "many");
        Assert.Equal(0, guest.LaunchCuda(most, 1, 1, Numbers(128)));
        Assert.Equal(-9, guest.LaunchCuda(most, 1, 1, Numbers(127)));
        var more = guest.LoadCuda(WithParameters(129), "many");
        Assert.Equal(-10, guest.LaunchCuda(more, 1, 1, Numbers(129)));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_pointer_argument_is_a_range_of_memory(string device)
    {
        using var guest = Guest(device);
        var kernel = guest.LoadCuda(Kernels.Add, "add");
        const uint End = 4 * 65536;
        Sums(guest, 1);
        long Launch(uint address, uint length) => guest.LaunchCuda(
            kernel, 1, 1, new Records().Pointer(A, 4).Pointer(B, 4).Pointer(address, length).UInt32(1));

        guest.Fill(End - 4, 1, static _ => 77);
        Assert.Equal(0, Launch(End - 4, 4));
        Assert.Equal(0u, guest.ReadUInt32(End - 4));
        Assert.Equal(-2, Launch(End - 4, 5));
        Assert.Equal(-2, Launch(End, 1));
        Assert.Equal(-2, Launch(End + 1, 0));
        Assert.Equal(-2, Launch(0xFFFFFFFF, 0xFFFFFFFF));
        Assert.Equal(-2, Launch(4, 0xFFFFFFFF));
        Assert.Contains("outside the guest's memory of 262144 bytes", guest.LastError, StringComparison.Ordinal);
        // Of no length, at the exact end: allowed.
        Assert.Equal(0, guest.LaunchCuda(
            kernel, 1, 1, new Records().Pointer(A, 4).Pointer(B, 4).Pointer(End, 0).UInt32(0)));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Memory_that_was_grown_is_there_for_kernels(string device)
    {
        using var guest = Guest(device);
        var kernel = guest.LoadCuda(Kernels.Add, "add");
        Assert.Equal(0, guest.LaunchCuda(kernel, 4, 256, Sums(guest, Count)));
        Assert.Equal(4, guest.Grow(60));
        const uint Far = 63 * 65536;
        guest.Fill(Far, 1, static _ => 5);
        Sums(guest, 1);
        Assert.Equal(0, guest.LaunchCuda(
            kernel, 1, 1, new Records().Pointer(Far, 4).Pointer(Far, 4).Pointer(Far + 4, 4).UInt32(1)));
        Assert.Equal(10u, guest.ReadUInt32(Far + 4));
        Assert.Equal(-1, guest.Grow(1));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_memory_elsewhere_has_no_pointers(string device)
    {
        using var guest = new TestGuest(TestDevices.Get(device), isPlaced: false);
        var kernel = guest.LoadCuda(Kernels.Add, "add");
        Assert.True(kernel > 0, guest.LastError);
        Assert.Equal(-2, guest.LaunchCuda(kernel, 1, 1, Sums(guest, 1)));
        Assert.Contains("can't reach", guest.LastError, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Shapes_beyond_the_device_or_the_kernel_are_refused(string device)
    {
        using var guest = Guest(device);
        var kernel = guest.LoadCuda(Kernels.Dynamic, "dynamic");
        var length = guest.Write(2048, new Records().Pointer(A, 4).Bytes);
        long Launch(long gridY, long blockZ, long shared) =>
            guest.Call("wasi_cuda_launch", kernel, 1, gridY, 1, 1, 1, blockZ, shared, 2048, length);

        Assert.Equal(0, Launch(1, 1, 256));
        Assert.Equal(256u, guest.ReadUInt32(A));
        Assert.Equal(-8, Launch(65536, 1, 256));
        Assert.Equal(-8, Launch(1, 65, 256));
        Assert.Equal(-8, Launch(1, 1, TestDevices.Get(device).Info.MaxSharedBytesPerBlock + 1));
        Assert.Equal(-8, Launch(1, 1, int.MaxValue));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void PTX_and_entries_that_are_refused(string device)
    {
        using var guest = Guest(device);
        Assert.Equal(-4, guest.LoadCuda("this is not valid ptx bytes", "add"));
        Assert.StartsWith("1:1: PTX", guest.LastError, StringComparison.Ordinal);
        Assert.Equal(-4, guest.LoadCuda("", "add"));
        Assert.Equal(-4, guest.LoadCuda(Kernels.Add.Replace("add.s32", "brkpt //", StringComparison.Ordinal), "add"));
        Assert.Equal(-3, guest.LoadCuda(Kernels.Add, "sub"));
        Assert.Contains("no entry point 'sub', but add", guest.LastError, StringComparison.Ordinal);
        Assert.Equal(-3, guest.LoadCuda(Kernels.Two, ""));

        guest.Write(A, [0xFF, 0xFE]);
        Assert.Equal(-4, guest.Call("wasi_cuda_load_ptx", A, 2, 0, 1));
        var length = guest.Write(C, Kernels.Add);
        Assert.Equal(-9, guest.Call("wasi_cuda_load_ptx", C, length, A, 2));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_sandbox_has_at_most_256_kernels(string device)
    {
        using var guest = Guest(device);
        for (var i = 0; i < 256; i++)
        {
            Assert.True(guest.LoadCuda(Kernels.Add, "add") > 0);
        }
        Assert.Equal(-6, guest.LoadCuda(Kernels.Add, "add"));
        Assert.Contains("256", guest.LastError, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_long_error_is_cut_after_512_bytes(string device)
    {
        using var guest = Guest(device);
        var lines = new StringBuilder(".version 7.8\n.target sm_70\n.address_size 64\n.visible .entry k()\n{\n");
        for (var i = 0; i < 50; i++)
        {
            lines.Append("brkpt;\n");
        }
        Assert.Equal(-4, guest.LoadCuda(lines + "}", "k"));
        Assert.Equal(515, guest.Call("wasi_cuda_last_error_len"));
        Assert.Equal(515, guest.Call("wasi_cuda_last_error_copy", 0, 1000));
        Assert.Equal("\u2026", Encoding.UTF8.GetString(guest.Read(512, 3)));
        Assert.Equal(10, guest.Call("wasi_cuda_last_error_copy", 3000, 10));
        Assert.Equal(guest.Read(0, 10), guest.Read(3000, 10));
        Assert.Equal(0, guest.Read(3010, 1)[0]);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_stopped_kernel_is_reported_and_the_sandbox_goes_on(string device)
    {
        using var guest = Guest(device, static c => c with { LaunchTimeLimit = TimeSpan.FromSeconds(2) });
        var trap = guest.LoadCuda(Kernels.Trap, "stop");
        Assert.Equal(-5, guest.LaunchCuda(trap, 1, 1, Records.None));
        Assert.Contains("kernel 'stop' at PTX line 6, column 5", guest.LastError, StringComparison.Ordinal);
        Assert.Contains("executed trap", guest.LastError, StringComparison.Ordinal);

        var forever = guest.LoadCuda(Kernels.Forever, "forever");
        guest.Fill(A, 1, static _ => 0);
        Assert.Equal(-5, guest.LaunchCuda(forever, 1, 1, new Records().Pointer(A, 4)));
        Assert.Contains("deadline", guest.LastError, StringComparison.Ordinal);

        var add = guest.LoadCuda(Kernels.Add, "add");
        Assert.Equal(0, guest.LaunchCuda(add, 4, 256, Sums(guest, Count)));
        AssertSums(guest, Count);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_forged_address_is_moved_inside_or_reported(string device)
    {
        using var guest = Guest(device);
        var poke = guest.LoadCuda(Kernels.Poke, "poke");
        // A GPU has scratch memory where the region has nothing; on the processor that is an access out of bounds.
        Assert.Equal(device == "cpu" ? -5 : 0, guest.LaunchCuda(poke, 1, 1, new Records().UInt64(0x1234)));

        using var watched = Guest(device, static c => c with { ChecksAccesses = true });
        poke = watched.LoadCuda(Kernels.Poke, "poke");
        Assert.Equal(-5, watched.LaunchCuda(poke, 1, 1, new Records().UInt64(0x1234)));
        Assert.Contains("line 10, column 5: thread (0, 0, 0) of block (0, 0, 0) writes 4 bytes at 0x1234",
            watched.LastError, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void The_invocations_deadline_bounds_its_kernels(string device)
    {
        var clock = new ManualClock();
        using var guest = Guest(device, c => c with { Time = clock });
        var forever = guest.LoadCuda(Kernels.Forever, "forever");
        guest.Fill(A, 1, static _ => 0);
        guest.Context.BeginInvocation(TimeSpan.FromMilliseconds(100));
        Assert.Equal(-5, guest.LaunchCuda(forever, 1, 1, new Records().Pointer(A, 4)));
        clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(-5, guest.LaunchCuda(forever, 1, 1, new Records().Pointer(A, 4)));
        Assert.Contains("the invocation's time is over", guest.LastError, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_guest_that_is_stopped_while_its_kernel_runs_traps(string device)
    {
        using var guest = Guest(device, static c => c with { LaunchTimeLimit = TimeSpan.FromSeconds(2) });
        var forever = guest.LoadCuda(Kernels.Forever, "forever");
        guest.Fill(A, 1, static _ => 0);
        using (guest.Store.InterruptAfter(TimeSpan.FromMilliseconds(100)))
        {
            var trap = Assert.Throws<TrapException>(
                () => guest.LaunchCuda(forever, 1, 1, new Records().Pointer(A, 4)));
            Assert.Equal(TrapCode.Interrupted, trap.Code);
        }
        guest.Context.Gpu.Drain();
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_tenants_quotas_hold(string device)
    {
        var clock = new ManualClock();
        var tenant = new GpuTenant("frugal", new GpuQuota { LaunchesPerSecond = 2 }, clock);
        using var guest = Guest(device, c => c with { Tenant = tenant });
        var add = guest.LoadCuda(Kernels.Add, "add");
        var arguments = Sums(guest, 1);
        Assert.Equal([0L, 0, -6], Enumerable.Range(0, 3).Select(_ => guest.LaunchCuda(add, 1, 1, arguments)));
        Assert.Contains("tenant 'frugal'", guest.LastError, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, guest.LaunchCuda(add, 1, 1, arguments));
        Assert.Equal(3, tenant.Usage.Launches);

        var poor = new GpuTenant("poor", new GpuQuota { MemoryBytes = 0 });
        using var other = Guest(device, c => c with { Tenant = poor });
        Assert.Equal(-6, other.LoadCuda(Kernels.Add, "add"));
        Assert.Equal(0, poor.Usage.MemoryBytes);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Sandboxes_beside_each_other_have_kernels_and_memory_of_their_own(string device)
    {
        var tenant = new GpuTenant("both");
        using var first = Guest(device, c => c with { Tenant = tenant });
        using (var second = Guest(device, c => c with { Tenant = tenant }))
        {
            var one = first.LoadCuda(Kernels.Add, "add");
            var two = second.LoadCuda(Kernels.Add, "add");
            Assert.Equal(-3, second.LaunchCuda(two + 1, 1, 1, Records.None));
            var arguments = Sums(first, Count);
            Sums(second, Count);
            Assert.Equal(0, first.LaunchCuda(one, 4, 256, arguments));
            AssertSums(first, Count);
            Assert.Equal(0xDEADu, second.ReadUInt32(C));
            Assert.Equal(0, second.LaunchCuda(two, 4, 256, arguments));
            AssertSums(second, Count);
        }
        Assert.Equal(0, first.LaunchCuda(first.LoadCuda(Kernels.Add, "add"), 4, 256, Sums(first, Count)));
        AssertSums(first, Count);
    }
}
