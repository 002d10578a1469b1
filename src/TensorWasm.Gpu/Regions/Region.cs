using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu;

/// <summary>
/// A tenant sandbox's slice of a device's address space (<see cref="RegionLayout"/>): all that its kernels can reach.
/// Nothing of it is mapped for the device before it is first needed. One thread at a time may use a region and its
/// objects, but for <see cref="Dispose"/>, which waits for the region's work.
/// </summary>
public abstract class Region : IDisposable
{
    /// <summary>Buffers and modules' globals a region can have: 65,536.</summary>
    public const int MaxAllocations = 65_536;

    /// <summary>Streams a region can have: 64.</summary>
    public const int MaxStreams = 64;

    private readonly Lock _lock = new();
    private readonly HeapAllocator _heap;
    private readonly HashSet<LoadedModule> _modules = [];
    private readonly List<GpuStream> _streams = [];
    private readonly int _generation;
    private GpuStream? _defaultStream;
    private ulong _linearLength;
    private long _recordedBytes;
    private bool _isMapped;
    private bool _isDisposed;
    private long _launches;
    private long _nanoseconds;

    /// <summary>A region without anything in it.</summary>
    private protected Region(GpuDevice device, GpuTenant tenant, RegionLayout layout)
    {
        Device = device;
        Tenant = tenant;
        Layout = layout;
        _generation = device.Generation;
        Share = device.Scheduler.Enter(tenant);
        _heap = new HeapAllocator(layout.HeapSize);
    }

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    /// <summary>Whose it is.</summary>
    public GpuTenant Tenant { get; }

    /// <summary>Where its parts lie.</summary>
    public RegionLayout Layout { get; }

    /// <summary>Whether the device reaches it already.</summary>
    public bool IsMapped => _isMapped;

    /// <summary>Whether the device failed since the region was made; it can only be disposed then.</summary>
    public bool IsLost => Device.IsLost || Device.Generation != _generation;

    /// <summary>The stream for those who need only one.</summary>
    public GpuStream DefaultStream => _defaultStream ??= CreateStream();

    /// <summary>Launches of this region that have ended, replays included.</summary>
    public long LaunchCount => Interlocked.Read(ref _launches);

    /// <summary>Time that they took on the device.</summary>
    public TimeSpan DeviceTime => TimeSpan.FromMicroseconds(Interlocked.Read(ref _nanoseconds) / 1000.0);

    /// <summary>
    /// Told of launches that have ended, on any thread: the kernel's name, how many, and their time on the device.
    /// </summary>
    public Action<string, int, TimeSpan>? KernelsEnded { get; set; }

    internal TenantShare Share { get; }

    /// <summary>Bytes of linear memory that exist now.</summary>
    protected ulong LinearLength => _linearLength;

    /// <summary>
    /// What the mapping itself costs on the device, in bytes: page tables. Charged to the tenant while it exists.
    /// </summary>
    protected abstract long MappingBytes { get; }

    /// <summary>What a stream costs on the device, in bytes. Charged to the tenant while it exists.</summary>
    protected abstract long StreamBytes { get; }

    /// <summary>Loads a PTX module, or takes it from the device's cache.</summary>
    /// <param name="ptx">The author's PTX, UTF-8.</param>
    /// <param name="mode">What happens to an access that would leave the region.</param>
    /// <returns>The module.</returns>
    /// <exception cref="GpuException">The PTX was refused (<see cref="GpuErrorCode.MalformedPtx"/>, with line, column
    /// and reason), or a limit was met.</exception>
    public LoadedModule Load(ReadOnlySpan<byte> ptx, FenceMode mode = FenceMode.Fence)
    {
        lock (_lock)
        {
            Map();
            var module = Device.Kernels.Load(ptx, mode, Layout.Bits);
            DeviceBuffer? globals = null;
            var isCharged = false;
            try
            {
                Tenant.TakeMemory(module.Bytes, "a module");
                isCharged = true;
                var image = module.Fenced.Globals.Span;
                if (image.Length > 0)
                {
                    globals = Allocate((ulong)image.Length);
                    CopyIn(globals.Address, image);
                }
                var loaded = new LoadedModule(this, module, globals);
                _modules.Add(loaded);
                return loaded;
            }
            catch
            {
                globals?.Dispose();
                if (isCharged)
                {
                    Tenant.GiveMemory(module.Bytes);
                }
                Device.Kernels.Release(module);
                throw;
            }
        }
    }

    /// <summary>
    /// Allocates zeroed memory of the heap, aligned to 256 bytes. Waits for the region's kernels when the heap grows.
    /// </summary>
    /// <param name="bytes">How many, above 0.</param>
    /// <returns>The buffer.</returns>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.QuotaExceeded"/>, <see cref="GpuErrorCode.OutOfMemory"/>
    /// or  <see cref="GpuErrorCode.InvalidRange"/>.</exception>
    public DeviceBuffer Allocate(ulong bytes)
    {
        lock (_lock)
        {
            Map();
            if (bytes == 0 || bytes > Layout.HeapSize)
            {
                throw new GpuException(
                    GpuErrorCode.InvalidRange,
                    $"a buffer has 1 to {Layout.HeapSize} bytes in this region, not {bytes}");
            }
            if (_heap.Count == MaxAllocations)
            {
                throw new GpuException(GpuErrorCode.QuotaExceeded, $"a region has at most {MaxAllocations} buffers");
            }
            if (!_heap.TryAllocate(bytes, out var offset, out var granules))
            {
                throw new GpuException(GpuErrorCode.OutOfMemory, $"no {bytes} bytes in one piece are left in the heap");
            }

            var committed = 0;
            var charge = granules.Sum(static run => (long)run.Bytes);
            var isCharged = false;
            try
            {
                Tenant.TakeMemory(charge, $"a buffer of {bytes} bytes");
                isCharged = true;
                if (granules.Count > 0)
                {
                    Drain(); // between scratch and memory, nothing is mapped there
                }
                foreach (var run in granules)
                {
                    CommitHeap(Layout.HeapBase + run.Offset, run.Bytes);
                    committed++;
                }
                FillCore(Layout.HeapBase + offset, _heap.SizeOf(offset), 0);
            }
            catch
            {
                foreach (var run in granules.Take(committed))
                {
                    DecommitHeap(Layout.HeapBase + run.Offset, run.Bytes);
                }
                _heap.Free(offset);
                if (isCharged)
                {
                    Tenant.GiveMemory(charge);
                }
                throw;
            }
            return new DeviceBuffer(this, Layout.HeapBase + offset, bytes);
        }
    }

    /// <summary>
    /// A new stream: launches of one stream run one after another, those of different ones side by side.
    /// </summary>
    /// <returns>The stream.</returns>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.QuotaExceeded"/> or another failure.</exception>
    public GpuStream CreateStream()
    {
        lock (_lock)
        {
            Map();
            if (_streams.Count == MaxStreams)
            {
                throw new GpuException(GpuErrorCode.QuotaExceeded, $"a region has at most {MaxStreams} streams");
            }
            Tenant.TakeMemory(StreamBytes, "a stream");
            try
            {
                var stream = CreateStreamCore();
                _streams.Add(stream);
                return stream;
            }
            catch
            {
                Tenant.GiveMemory(StreamBytes);
                throw;
            }
        }
    }

    /// <summary>A new event, which has not been recorded.</summary>
    /// <returns>The event.</returns>
    public abstract GpuEvent CreateEvent();

    /// <summary>Counts launches of one kernel that have ended, for the region and its tenant.</summary>
    internal void Count(KernelMeter? meter, int launches, long nanoseconds)
    {
        Interlocked.Add(ref _launches, launches);
        Interlocked.Add(ref _nanoseconds, nanoseconds);
        Tenant.Count(meter, launches, nanoseconds);
        if (KernelsEnded is { } told && meter is not null)
        {
            told(meter.Kernel, launches, TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick));
        }
    }

    /// <summary>Waits until all streams are idle. What failed in them stays theirs to report.</summary>
    public void Drain()
    {
        lock (_lock)
        {
            foreach (var stream in _streams)
            {
                stream.Drain();
            }
        }
    }

    /// <summary>
    /// Says that linear memory lies in its place, with its length in bytes. Cheap for a region that the device does not
    /// reach yet; nothing is mapped then.
    /// </summary>
    /// <param name="length">The length in bytes.</param>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.OutOfMemory"/>: the device can't map it.</exception>
    public void PlaceLinear(ulong length)
    {
        lock (_lock)
        {
            if (_isMapped && !IsLost && length > 0)
            {
                Drain();
                if (!TryMapLinear(0, length))
                {
                    throw new GpuException(GpuErrorCode.OutOfMemory, $"the device can't map {length} bytes of linear memory");
                }
            }
            _linearLength = length;
        }
    }

    /// <summary>Lets linear memory grow, when the new pages are accessible to the processor.</summary>
    /// <param name="newLength">The length in bytes afterwards.</param>
    /// <returns>false when the device can't map them; nothing has changed then.</returns>
    public bool TryGrowLinear(ulong newLength)
    {
        lock (_lock)
        {
            if (_isMapped && !IsLost)
            {
                Drain();
                if (!TryMapLinear(_linearLength, newLength))
                {
                    return false;
                }
            }
            _linearLength = newLength;
            return true;
        }
    }

    /// <summary>Lets go of linear memory's pages: the device does not reach them when this returns.</summary>
    public void RemoveLinear()
    {
        lock (_lock)
        {
            if (_isMapped && _linearLength > 0)
            {
                Drain();
                UnmapLinear(_linearLength);
            }
            _linearLength = 0;
        }
    }

    /// <summary>
    /// Waits for the region's work, frees all it has and gives its slot back. Linear memory must have been removed, or
    /// is.  </summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }
            RemoveLinear();
            foreach (var stream in _streams.ToList())
            {
                stream.Dispose();
            }
            foreach (var module in _modules.ToList())
            {
                module.Dispose();
            }
            var heapBytes = (long)RegionLayout.Granule * _heap.Granules;
            _isDisposed = true;
            Close(_isMapped);
            Tenant.GiveMemory(heapBytes + _recordedBytes + (_isMapped ? MappingBytes : 0));
            Device.Scheduler.Leave(Share);
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>Charges the tenant for a launch that is recorded: graphs take memory of the host and the driver.</summary>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.QuotaExceeded"/>.</exception>
    internal void TakeRecording(long bytes)
    {
        lock (_lock)
        {
            Tenant.TakeMemory(bytes, "a recorded launch");
            _recordedBytes += bytes;
        }
    }

    /// <summary>Gives back what recorded launches were charged; after the region's end nothing is left to give.</summary>
    internal void GiveRecording(IReadOnlyList<RecordedLaunch> launches)
    {
        var bytes = launches.Sum(static launch => (long)RecordedLaunch.Overhead + launch.Parameters.Length);
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _recordedBytes -= bytes;
                Tenant.GiveMemory(bytes);
            }
        }
    }

    internal void CopyIn(ulong address, ReadOnlySpan<byte> source)
    {
        lock (_lock)
        {
            ThrowIfUnusable();
            Drain();
            CopyInCore(address, source);
            Tenant.CountCopy(source.Length);
        }
    }

    internal void CopyOut(ulong address, Span<byte> destination)
    {
        lock (_lock)
        {
            ThrowIfUnusable();
            Drain();
            CopyOutCore(address, destination);
            Tenant.CountCopy(destination.Length);
        }
    }

    internal void Fill(ulong address, ulong count, byte value)
    {
        lock (_lock)
        {
            ThrowIfUnusable();
            Drain();
            FillCore(address, count, value);
        }
    }

    internal void Free(DeviceBuffer buffer)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }
            Drain();
            var offset = buffer.Address - Layout.HeapBase;
            try
            {
                if (!IsLost)
                {
                    FillCore(buffer.Address, _heap.SizeOf(offset), 0);
                }
            }
            catch (GpuException) when (IsLost)
            {
                // Nothing is left to clear.
            }
            foreach (var run in _heap.Free(offset))
            {
                if (!IsLost)
                {
                    DecommitHeap(Layout.HeapBase + run.Offset, run.Bytes);
                }
                Tenant.GiveMemory((long)run.Bytes);
            }
        }
    }

    internal void Unload(LoadedModule module, DeviceBuffer? globals)
    {
        lock (_lock)
        {
            if (_isDisposed || !_modules.Remove(module))
            {
                return;
            }
            Drain();
            globals?.Dispose();
            Tenant.GiveMemory(module.Module.Bytes);
            Device.Kernels.Release(module.Module);
        }
    }

    internal void Remove(GpuStream stream)
    {
        lock (_lock)
        {
            if (_streams.Remove(stream))
            {
                Tenant.GiveMemory(StreamBytes);
                if (_defaultStream == stream)
                {
                    _defaultStream = null;
                }
            }
        }
    }

    /// <summary>
    /// Makes the slot reachable for the device: linear memory as it is, everything else backed by scratch.
    /// </summary>
    /// <exception cref="GpuException">The device or the driver refused; the region stays unmapped.</exception>
    protected abstract void MapCore();

    /// <summary>Maps linear memory from one length to another; streams are idle.</summary>
    /// <returns>false when that is not possible; nothing has changed then.</returns>
    protected abstract bool TryMapLinear(ulong oldLength, ulong newLength);

    /// <summary>
    /// Takes linear memory from the device, and backs its place by scratch again; streams are idle. Called for a lost
    /// device, too: the driver must forget the pages in any case. Does not throw.
    /// </summary>
    protected abstract void UnmapLinear(ulong length);

    /// <summary>Puts zeroed memory of the device into the heap; whole granules; streams are idle.</summary>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.OutOfMemory"/>.</exception>
    protected abstract void CommitHeap(ulong address, ulong bytes);

    /// <summary>
    /// Takes memory from the heap, clears it, and backs its place by scratch again; streams are idle. Does not throw.
    /// </summary>
    protected abstract void DecommitHeap(ulong address, ulong bytes);

    /// <summary>Copies to the device; streams are idle.</summary>
    protected abstract void CopyInCore(ulong address, ReadOnlySpan<byte> source);

    /// <summary>Copies from the device; streams are idle.</summary>
    protected abstract void CopyOutCore(ulong address, Span<byte> destination);

    /// <summary>Sets bytes of the device's memory; streams are idle, or nobody can know the address yet.</summary>
    protected abstract void FillCore(ulong address, ulong count, byte value);

    /// <summary>A new stream of the device.</summary>
    protected abstract GpuStream CreateStreamCore();

    /// <summary>
    /// Clears and frees what the heap has, and gives the slot back or keeps it for the next region. Called for a lost
    /// device, too. Does not throw.
    /// </summary>
    /// <param name="wasMapped">Whether the device reached it.</param>
    protected abstract void Close(bool wasMapped);

    /// <summary>Throws when the region was disposed or its device failed.</summary>
    protected void ThrowIfUnusable()
    {
        if (_isDisposed)
        {
            throw new GpuException(GpuErrorCode.InvalidHandle, "the region was disposed");
        }
        if (IsLost)
        {
            throw Device.Lost();
        }
    }

    private void Map()
    {
        ThrowIfUnusable();
        if (_isMapped)
        {
            return;
        }
        Tenant.TakeMemory(MappingBytes, "a region's page tables");
        try
        {
            MapCore();
            _isMapped = true;
        }
        catch
        {
            Tenant.GiveMemory(MappingBytes);
            throw;
        }
    }
}
