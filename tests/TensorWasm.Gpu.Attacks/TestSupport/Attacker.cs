using System.Buffers.Binary;
using System.Diagnostics;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Attacks;

/// <summary>A tenant that means harm: a region with a buffer of its own, and a way to run what it likes.</summary>
internal sealed class Attacker : IDisposable
{
    internal const int BufferBytes = 64 << 10;

    /// <summary>Far above what any contained kernel takes on a busy machine; longer means that it hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    internal Attacker(GpuDevice device, GpuQuota? quota = null)
    {
        Tenant = new GpuTenant("attacker", quota);
        Region = device.CreateRegion(Tenant);
        Own = Region.Allocate(BufferBytes);
        Results = Region.Allocate(BufferBytes);
    }

    internal GpuTenant Tenant { get; }

    internal Region Region { get; }

    internal DeviceBuffer Own { get; }

    internal DeviceBuffer Results { get; }

    internal static LaunchShape Small { get; } = new(new(4), new(64));

    public void Dispose() => Region.Dispose();

    /// <summary>Loads and runs the kernel k with a = the own buffer and c = the results.</summary>
    internal Outcome Run(
        string ptx, ulong b = 0, uint n = 0, FenceMode mode = FenceMode.Fence, LaunchShape? shape = null, TimeSpan? limit = null)
    {
        try
        {
            using var module = Region.Load(PtxText.Utf8(ptx), mode);
            return Launch(module.FindKernel("k")!, Block(b, n), shape ?? Small, limit);
        }
        catch (GpuException refusal)
        {
            return new Outcome(refusal.Code, refusal.Message, default);
        }
    }

    /// <summary>The parameter block of an attack kernel.</summary>
    internal byte[] Block(ulong b, uint n)
    {
        var block = new byte[28];
        BinaryPrimitives.WriteUInt64LittleEndian(block, Own.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(8), b);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(16), Results.Address);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(24), n);
        return block;
    }

    internal Outcome Launch(LoadedKernel kernel, byte[] parameters, LaunchShape shape, TimeSpan? limit = null)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            Region.DefaultStream.Launch(kernel, shape, parameters, limit, patience.Token);
            Region.DefaultStream.Wait(patience.Token);
            return new Outcome(null, "", Stopwatch.GetElapsedTime(start));
        }
        catch (GpuException failure)
        {
            return new Outcome(failure.Code, failure.Message, Stopwatch.GetElapsedTime(start));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"the kernel hangs: it did not end in {Patience}");
            throw;
        }
    }

    /// <summary>Addresses worth forging: the victim's, the ends of the own region, and those no one has.</summary>
    internal ulong[] Forged(Victim victim) =>
    [
        .. victim.Addresses, 0, 8, ulong.MaxValue, ulong.MaxValue - 63, 1UL << 63, 1UL << 47, 0x7F00_0000_0000, 0x1000_0000,
        Region.Layout.Base - 16, Region.Layout.Base + Region.Layout.Size, Region.Layout.Base + (1UL << 63),
        Own.Address ^ (1UL << Region.Layout.Bits), Own.Address + 3, Own.Address + 9,
    ];

    /// <summary>Whether the region's fence leaves an access where it is.</summary>
    internal bool IsInside(ulong address, int bytes, bool isWrite) =>
        address - Region.Layout.Base < (isWrite ? Region.Layout.Size / 2 : Region.Layout.Size)
        && address % (ulong)bytes == 0;
}
