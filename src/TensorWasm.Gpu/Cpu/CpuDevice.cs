using System.Runtime.InteropServices;
using TensorWasm.Gpu.Cpu;
using TensorWasm.Gpu.Cpu.Compilation;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu;

/// <summary>
/// The processor as a device: kernels are compiled to CIL with vectors and run on a fixed number of threads, which all
/// tenants share.
/// </summary>
public sealed class CpuDevice : GpuDevice
{
    private const int SharedBytes = 227 << 10;

    private volatile bool _isLost;

    private CpuDevice(DeviceInfo info, GpuDeviceOptions options, int threads)
        : base(info, options) => Workers = new CpuWorkers(threads);

    /// <inheritdoc/>
    public override ulong FreeMemoryBytes
    {
        get
        {
            GCMemoryInfo memory = GC.GetGCMemoryInfo();
            long free = memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes;
            return (ulong)Math.Max(free, 0);
        }
    }

    /// <inheritdoc/>
    public override bool IsLost => _isLost;

    internal CpuWorkers Workers { get; }

    /// <summary>Opens the device.</summary>
    /// <param name="options">How.</param>
    /// <returns>The device.</returns>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.NotAvailable"/>: memory without access can't be told from
    /// other faults here.</exception>
    public static CpuDevice Open(GpuDeviceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.AddressSpace.TurnsFaultsIntoExceptions)
        {
            throw new GpuException(
                GpuErrorCode.NotAvailable,
                "the CPU device needs guard pages, which the engine does not have on this system: see its reason in "
                + "`tensorwasm devices`");
        }

        int threads = Math.Max(options.CpuThreads ?? Environment.ProcessorCount, 1);
        var info = new DeviceInfo
        {
            Kind = DeviceKind.Cpu,
            Ordinal = 0,
            Name = $"{RuntimeInformation.ProcessArchitecture} processor, {threads} threads",
            Architecture = 90,
            MemoryBytes = (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            Multiprocessors = threads,
            MaxSharedBytesPerBlock = SharedBytes,
            DriverVersion = Environment.Version.ToString(),
        };
        return new CpuDevice(info, options, threads);
    }

    /// <summary>
    /// Counts it as lost from now on, as a GPU is after a fault, so that what happens then can be tested. No guest's and no
    /// operator's call leads here: a processor does not get lost.
    /// </summary>
    internal void Lose() => _isLost = true;

    /// <inheritdoc/>
    public override void Dispose()
    {
        Workers.Dispose();
        Kernels.Dispose();
    }

    /// <summary>
    /// Loops keep their fences, which cost little here; compiled code looks at the deadline, once a warp instead of once
    /// a thread; and workers clear shared and local memory.
    /// </summary>
    protected internal override FenceOptions Adjust(FenceOptions options) =>
        options with
        {
            VersionLoops = false,
            Deadline = DeadlineKind.None,
            ClearShared = false,
            ClearLocal = false,
        };

    /// <inheritdoc/>
    protected internal override DeviceCode Compile(FencedModule module, string hash)
    {
        try
        {
            return new CpuCode([.. module.Kernels.Select(CpuKernel.Compile)]);
        }
        catch (CpuKernelException refusal)
        {
            throw new GpuException(GpuErrorCode.InvalidKernel, refusal.Message, refusal);
        }
    }

    /// <summary>Nothing to do: threads report what has ended themselves.</summary>
    protected override void Reap()
    {
    }

    private protected override Region CreateRegionCore(GpuTenant tenant, int bits)
    {
        nint slot = Options.AddressSpace.TryLend(bits);
        return slot == 0
            ? throw new GpuException(GpuErrorCode.OutOfMemory, "no address space is left for another region")
            : new CpuRegion(this, tenant, slot, bits);
    }
}
