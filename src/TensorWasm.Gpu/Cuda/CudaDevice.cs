using TensorWasm.Ptx.Fencing;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>A GPU, through the CUDA driver: one context for all tenants.</summary>
public sealed unsafe partial class CudaDevice : GpuDevice
{
    /// <summary>Launches that take less, 50 us, may run on all multiprocessors while others wait for theirs.</summary>
    internal const long ShortNanoseconds = 50_000;

    private readonly Lock _lock = new();
    private readonly KernelStore? _store;
    private readonly CudaWatchdog _watchdog;
    private CudaStreamHandle _service;
    private Lazy<CudaPartition?> _partition;
    private bool _isDisposed;

    private CudaDevice(CudaContext context, DeviceInfo info, GpuDeviceOptions options)
        : base(info, options)
    {
        Context = context;
        DeviceLocation = new CudaMemoryLocation
        {
            Type = CudaMemoryLocation.CU_MEM_LOCATION_TYPE_DEVICE,
            Id = context.Device,
        };
        HostLocation = new CudaMemoryLocation
        {
            Type = CudaMemoryLocation.CU_MEM_LOCATION_TYPE_HOST_NUMA,
            Id = Math.Max(0, context.Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_HOST_NUMA_ID)),
        };
        _store = OpenStore(options.KernelCacheFolder);
        Slots = new CudaSlotPool(this);
        Lanes = new CudaLanePool(this);
        Start();
        _watchdog = new CudaWatchdog(this);
        lock (Opened)
        {
            Opened.Add(this);
        }
    }

    /// <inheritdoc/>
    public override ulong FreeMemoryBytes
    {
        get
        {
            if (IsLost)
            {
                return 0;
            }
            Context.Enter();
            nuint free, total;
            return Cuda.cuMemGetInfo_v2(&free, &total) == CudaResult.CUDA_SUCCESS ? free : 0;
        }
    }

    internal CudaContext Context { get; private set; }

    internal CudaMemoryLocation DeviceLocation { get; }

    internal CudaMemoryLocation HostLocation { get; }

    internal CudaScratch Scratch { get; private set; }

    internal StatusBlocks Statuses { get; private set; }

    internal CudaClock Clock { get; private set; }

    /// <summary>
    /// Made when a second tenant comes: it brings streams of its own, and with more than a dozen streams in a context
    /// each kernel of a graph takes 0.73 us instead of 0.55.
    /// </summary>
    internal CudaPartition? Partition => _partition.Value;

    internal CudaSlotPool Slots { get; }

    internal CudaLanePool Lanes { get; }

    /// <summary>Opens a device.</summary>
    /// <param name="ordinal">Its number, below <see cref="CudaDriver.DeviceCount"/>.</param>
    /// <param name="options">How.</param>
    /// <returns>The device.</returns>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.NotAvailable"/>, with what to do about it.</exception>
    public static CudaDevice Open(int ordinal, GpuDeviceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (CudaDriver.UnavailableReason is { } reason)
        {
            throw new GpuException(GpuErrorCode.NotAvailable, reason);
        }
        if (ordinal < 0 || ordinal >= CudaDriver.DeviceCount)
        {
            throw new GpuException(
                GpuErrorCode.NotAvailable, $"there is no CUDA device {ordinal}; there are {CudaDriver.DeviceCount}");
        }
        CudaContext? context = null;
        try
        {
            context = CudaContext.Retain(ordinal);
            var info = context.Describe(ordinal);
            RefuseOld(context, info);
            return new CudaDevice(context, info, options);
        }
        catch (GpuException e) when (e.Code != GpuErrorCode.NotAvailable)
        {
            context?.Release();
            throw new GpuException(
                GpuErrorCode.NotAvailable, $"CUDA device {ordinal} can't be opened: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }
            _isDisposed = true;
        }
        lock (Opened)
        {
            Opened.Remove(this);
        }
        _watchdog.Dispose();
        Kernels.Dispose();
        if (!IsLost)
        {
            Context.Enter();
            Slots.Clear();
            Stop();
        }
    }

    /// <inheritdoc/>
    protected internal override DeviceCode Compile(FencedModule module, string hash)
    {
        ThrowIfLost();
        Context.Enter();
        var ptx = module.Print();
        var entry = KernelStore.NameOf(ptx, Info.Name, $"sm_{Info.Architecture}", Info.DriverVersion);
        if (_store?.TryRead(entry) is { } known)
        {
            try
            {
                return CudaCode.Load(known, module, Info);
            }
            catch (GpuException)
            {
                // Of another driver after all, or damaged: assemble anew.
            }
        }
        var (image, code) = OccupancySearch.Assemble(module, ptx, $"module {hash[..12]}", Info);
        _store?.TryWrite(entry, image);
        return code;
    }

    /// <inheritdoc/>
    protected override void Reap()
    {
        ThrowIfLost(); // those who are waited for may never end
        Context.Enter();
        foreach (var lane in Lanes.All)
        {
            lane.Reap();
        }
    }

    private protected override Region CreateRegionCore(GpuTenant tenant, int bits)
    {
        Context.Enter();
        var slot = Slots.Rent(bits);
        return new CudaRegion(this, tenant, slot);
    }

    /// <summary>Reads and cleans a status block whose doorbell has rung.</summary>
    internal GpuStop? TakeStop(StatusBlocks.Run status, int index, string kernel)
    {
        lock (_lock)
        {
            return status.Take(this, index, kernel, _service.Value);
        }
    }

    private static KernelStore? OpenStore(string? folder)
    {
        try
        {
            return folder is null ? null : new KernelStore(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GpuException(GpuErrorCode.NotAvailable, $"the kernel cache can't be used: {e.Message}", e);
        }
    }

    private static void RefuseOld(CudaContext context, DeviceInfo info)
    {
        if (info.Architecture < 70)
        {
            throw new GpuException(
                GpuErrorCode.NotAvailable,
                $"{info.Name} has compute capability {info.Architecture / 10.0:0.0}; 7.0 or later is needed");
        }
        if (context.Ask(CudaDeviceAttribute.CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED) == 0)
        {
            throw new GpuException(
                GpuErrorCode.NotAvailable, $"{info.Name} has no virtual memory management in this driver or mode");
        }
    }

    /// <summary>Makes what lives as long as the context.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNull(
        nameof(Scratch), nameof(Statuses), nameof(Clock), nameof(_service), nameof(_partition))]
    private void Start()
    {
        Scratch = CudaScratch.Create(Context, Info.MemoryBytes);
        Statuses = new StatusBlocks();
        _service = CudaStreamHandle.Create();
        Clock = new CudaClock(this, _service);
        _partition = new(() => CudaPartition.TryCreate(Context, Info.Multiprocessors));
        Lanes.Return(Lanes.Rent()); // so that there is one when memory is short
    }

    private void DestroyPartition()
    {
        if (_partition.IsValueCreated)
        {
            _partition.Value?.Destroy();
        }
    }

    private void Stop()
    {
        foreach (var lane in Lanes.All)
        {
            lane.Dispose();
        }
        Lanes.Clear();
        Statuses.Clear();
        Scratch.Dispose();
        Clock.Dispose();
        _service.Dispose();
        DestroyPartition();
        Context.Release();
    }
}
