namespace TensorWasm.Gpu;

/// <summary>
/// A queue of a region's work on the device. What is put into it runs in order; putting it there does not wait for it.
/// A kernel that is stopped does not stop what comes after it, and is reported by the next <see cref="Wait"/>.
/// </summary>
public abstract class GpuStream : IDisposable
{
    private List<RecordedLaunch>? _recording;
    private GpuException? _failure;
    private bool _isDisposed;

    /// <summary>A stream of a region.</summary>
    private protected GpuStream(Region region) => Region = region;

    /// <summary>The region whose kernels run in it.</summary>
    public Region Region { get; }

    /// <summary>Whether launches are recorded instead of made.</summary>
    public bool IsRecording => _recording is not null;

    /// <summary>Whether all work put into it has ended.</summary>
    /// <exception cref="GpuException">The stream was disposed, or the device is lost.</exception>
    public bool IsIdle
    {
        get
        {
            ThrowIfUnusable();
            return IsIdleCore;
        }
    }

    /// <summary>Puts a kernel into the stream.</summary>
    /// <param name="kernel">A kernel of the same region.</param>
    /// <param name="shape">Grid, block and dynamic shared memory.</param>
    /// <param name="parameters">The author's parameter block, as <see cref="ParameterWriter"/> fills it.</param>
    /// <param name="timeLimit">Longest time until it must have ended; the device's default when null.</param>
    /// <param name="cancellation">Ends the wait for the tenant's turn.</param>
    /// <exception cref="GpuException">It was refused; nothing was launched.</exception>
    /// <exception cref="OperationCanceledException">The wait for the tenant's turn was cancelled.</exception>
    public void Launch(
        LoadedKernel kernel,
        in LaunchShape shape,
        ReadOnlySpan<byte> parameters,
        TimeSpan? timeLimit = null,
        CancellationToken cancellation = default)
    {
        var checkedShape = Check(kernel, shape, parameters);
        if (_recording is not null)
        {
            if (_recording.Count == GpuGraph.MaxLaunches)
            {
                throw new GpuException(
                    GpuErrorCode.QuotaExceeded, $"a graph has at most {GpuGraph.MaxLaunches} launches");
            }
            Region.TakeRecording(RecordedLaunch.Overhead + parameters.Length);
            _recording.Add(new RecordedLaunch(kernel, checkedShape, parameters.ToArray()));
            return;
        }

        Admit(1, cancellation);
        try
        {
            LaunchCore(kernel, checkedShape, parameters, LimitOf(timeLimit));
        }
        catch
        {
            Region.Device.Scheduler.Withdraw(Region.Share);
            throw;
        }
    }

    /// <summary>From now on launches into this stream are recorded, not made.</summary>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.InvalidHandle"/>: it is recording already.</exception>
    public void BeginRecording()
    {
        ThrowIfUnusable();
        if (_recording is not null)
        {
            throw new GpuException(GpuErrorCode.InvalidHandle, "the stream is recording already");
        }
        _recording = [];
    }

    /// <summary>Ends recording.</summary>
    /// <returns>The launches, to be replayed at once as often as one likes.</returns>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.InvalidHandle"/>: nothing was recorded.</exception>
    public GpuGraph EndRecording()
    {
        ThrowIfUnusable();
        var launches = _recording;
        _recording = null;
        if (launches is not { Count: > 0 })
        {
            throw new GpuException(GpuErrorCode.InvalidHandle, "the stream has recorded no launches");
        }
        try
        {
            return CreateGraph(launches);
        }
        catch
        {
            Region.GiveRecording(launches);
            throw;
        }
    }

    /// <summary>Puts a recorded graph into the stream.</summary>
    /// <param name="graph">A graph of the same region.</param>
    /// <param name="timeLimit">Longest time until all of it must have ended; the device's default when null.</param>
    /// <param name="cancellation">Ends the wait for the tenant's turn.</param>
    /// <exception cref="GpuException">It was refused; nothing was launched.</exception>
    public void Launch(GpuGraph graph, TimeSpan? timeLimit = null, CancellationToken cancellation = default)
    {
        ThrowIfUnusable();
        if (_recording is not null)
        {
            throw new GpuException(GpuErrorCode.InvalidHandle, "a graph can't be recorded in another one");
        }
        if (graph.Region != Region || graph.IsDisposed)
        {
            throw new GpuException(GpuErrorCode.InvalidHandle, "the graph was disposed or belongs to another region");
        }
        foreach (var launch in graph.Launches)
        {
            if (launch.Kernel.Module.IsUnloaded)
            {
                throw new GpuException(
                    GpuErrorCode.InvalidHandle, $"kernel '{launch.Kernel.Kernel.Name}' of the graph was unloaded");
            }
        }
        Admit(graph.Launches.Count, cancellation);
        try
        {
            LaunchCore(graph, LimitOf(timeLimit));
        }
        catch
        {
            Region.Device.Scheduler.Withdraw(Region.Share);
            throw;
        }
    }

    /// <summary>Marks the present end of the stream's work.</summary>
    /// <param name="marker">An event of the same region.</param>
    public abstract void Record(GpuEvent marker);

    /// <summary>Lets what comes after wait for an event, on the device.</summary>
    /// <param name="marker">An event of the same region that has been recorded.</param>
    public abstract void WaitFor(GpuEvent marker);

    /// <summary>Waits until all work put into the stream has ended.</summary>
    /// <param name="cancellation">Ends the wait, not the work.</param>
    /// <exception cref="GpuException">The first failure since the last wait.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public void Wait(CancellationToken cancellation = default)
    {
        ThrowIfUnusable();
        WaitCore(cancellation);
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Waits for the stream's work and frees it.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }
        Drain();
        _isDisposed = true;
        if (_recording is { } unfinished)
        {
            Region.GiveRecording(unfinished);
        }
        Region.Remove(this);
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Waits for the stream's work, and keeps failures for the next <see cref="Wait"/>. Does not throw.
    /// </summary>
    internal void Drain()
    {
        if (_isDisposed || Region.IsLost)
        {
            return;
        }
        try
        {
            WaitCore(CancellationToken.None);
        }
        catch (GpuException failure)
        {
            Fail(failure);
        }
    }

    /// <summary>Called by the device, on any thread, when a launch has ended.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="nanoseconds">Its time on the device.</param>
    /// <param name="stop">How it was stopped; null when it ran to its end.</param>
    protected internal void Complete(LoadedKernel kernel, long nanoseconds, GpuStop? stop)
    {
        Complete(kernel, 1, nanoseconds);
        if (stop is not null)
        {
            Region.Tenant.CountStop(kernel.Meter);
            Fail(new GpuException(stop));
        }
    }

    /// <summary>Called by the device, on any thread, when launches of a kernel have run to their ends.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="launches">How many.</param>
    /// <param name="nanoseconds">Their time on the device, together.</param>
    protected internal void Complete(LoadedKernel kernel, int launches, long nanoseconds)
    {
        Region.Count(kernel.Meter, launches, nanoseconds);
        Region.Device.Scheduler.Complete(Region.Share, nanoseconds, launches);
    }

    /// <summary>Called by the device, on any thread, when a graph has ended.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="nanoseconds">Its time on the device, which is divided among its kernels evenly.</param>
    /// <param name="stops">The launches that were stopped, by their index, and how.</param>
    protected internal void Complete(GpuGraph graph, long nanoseconds, IReadOnlyList<(int Launch, GpuStop Stop)> stops)
    {
        foreach (var (meter, launches) in graph.Meters)
        {
            Region.Count(meter, launches, nanoseconds / graph.Launches.Count * launches);
        }
        foreach (var (launch, stop) in stops)
        {
            Region.Tenant.CountStop(graph.Launches[launch].Kernel.Meter);
            Fail(new GpuException(stop));
        }
        Region.Device.Scheduler.Complete(Region.Share, nanoseconds);
    }

    /// <summary>
    /// Called by the device when work that was put into the stream is lost, once for each admitted launch.
    /// </summary>
    /// <param name="failure">What happened.</param>
    protected internal void Abandon(GpuException failure)
    {
        Fail(failure);
        Region.Device.Scheduler.Complete(Region.Share, 0);
    }

    /// <summary>Puts a checked and admitted launch into the device's queue.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="shape">How it is launched.</param>
    /// <param name="parameters">The author's parameter block, exactly as long as the kernel declares.</param>
    /// <param name="timeLimit">After which time its deadline lies.</param>
    protected abstract void LaunchCore(
        LoadedKernel kernel, in LaunchShape shape, ReadOnlySpan<byte> parameters, TimeSpan timeLimit);

    /// <summary>Puts an admitted graph into the device's queue.</summary>
    protected abstract void LaunchCore(GpuGraph graph, TimeSpan timeLimit);

    /// <summary>Makes a graph of launches that were checked.</summary>
    protected abstract GpuGraph CreateGraph(IReadOnlyList<RecordedLaunch> launches);

    /// <summary>Whether all work put into it has ended.</summary>
    protected abstract bool IsIdleCore { get; }

    /// <summary>Waits for the stream, and completes what has ended.</summary>
    protected abstract void WaitCore(CancellationToken cancellation);

    /// <summary>Frees the idle stream.</summary>
    protected abstract void Close();

    /// <summary>Throws when the stream was disposed or the device is lost.</summary>
    protected void ThrowIfUnusable()
    {
        if (_isDisposed)
        {
            throw new GpuException(GpuErrorCode.InvalidHandle, "the stream was disposed");
        }
        if (Region.IsLost)
        {
            throw Region.Device.Lost();
        }
    }

    private LaunchShape Check(LoadedKernel kernel, in LaunchShape shape, ReadOnlySpan<byte> parameters)
    {
        ThrowIfUnusable();
        if (kernel.Module.Region != Region || kernel.Module.IsUnloaded)
        {
            throw new GpuException(
                GpuErrorCode.InvalidHandle,
                $"kernel '{kernel.Kernel.Name}' was unloaded or belongs to another region");
        }
        var checkedShape = kernel.Kernel.Check(shape, Region.Device.Info);
        if (parameters.Length != kernel.Kernel.Signature.Size)
        {
            throw new GpuException(
                GpuErrorCode.InvalidArguments,
                $"kernel '{kernel.Kernel.Name}' takes {kernel.Kernel.Signature.Size} bytes of parameters, not "
                + $"{parameters.Length}");
        }
        return checkedShape;
    }

    private void Admit(int launches, CancellationToken cancellation)
    {
        Region.Tenant.TakeLaunches(launches);
        Region.Device.Scheduler.Admit(Region.Share, cancellation);
    }

    private TimeSpan LimitOf(TimeSpan? asked)
    {
        var most = Region.Device.Options.DefaultTimeLimit;
        return asked is { } limit && limit < most ? limit : most;
    }

    private void Fail(GpuException failure) => Interlocked.CompareExchange(ref _failure, failure, null);
}
