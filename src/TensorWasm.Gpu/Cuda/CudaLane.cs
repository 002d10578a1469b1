using System.Diagnostics;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>
/// What streams run on: two streams of the driver, one for all multiprocessors and one for the partition, used as one,
/// and a ring of the launches in them. Streams hold a lane while they have work in it, because each takes half a MiB of
/// device memory for good (measured); when all are held, streams share them, which costs order between tenants but no
/// correctness.
/// <para>
/// Every public member may be called by any thread. Ends are noticed by asking an event that is recorded after each 32nd
/// launch, after timed ones, and, when somebody asks, after the last.
/// </para>
/// </summary>
internal sealed unsafe class CudaLane : IDisposable
{
    /// <summary>Launches a lane holds: as many as a tenant may have in flight.</summary>
    internal const int Capacity = FairShare.MaxInFlightAlone;

    private const int MarkInterval = 32;

    /// <summary>No call to a driver that answers takes so long, 1 s.</summary>
    private static readonly TimeSpan GatePatience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CudaDevice _device;
    private readonly CudaStreamHandle _whole;
    private readonly CudaEventHandle _switch;
    private readonly StatusBlocks.Run _status;
    private readonly PendingLaunch[] _ring = new PendingLaunch[Capacity];
    private readonly Stack<CudaEventHandle> _marks = [];
    private readonly Stack<CudaEventHandle> _timers = [];
    private CudaStreamHandle? _part;
    private nint _current;
    private long _head;
    private long _tail;
    private long _progress = Stopwatch.GetTimestamp();

    internal CudaLane(CudaDevice device)
    {
        _device = device;
        _whole = CudaStreamHandle.Create();
        try
        {
            _switch = CudaEventHandle.Create(isTimed: false);
            _status = device.Statuses.Rent(Capacity);
        }
        catch
        {
            _switch?.Dispose();
            _whole.Dispose();
            throw;
        }
        _current = _whole.Value;
    }

    /// <summary>Streams that hold it. Guarded by the pool's lock.</summary>
    internal int Users { get; set; }

    /// <summary>Whether its context is gone. Guarded by the pool's lock.</summary>
    internal bool IsForgotten { get; set; }

    /// <summary>Whether launches are in it that nobody has seen end.</summary>
    internal bool IsBusy => Volatile.Read(ref _head) != Volatile.Read(ref _tail);

    /// <summary>Launches a kernel.</summary>
    /// <param name="owner">The stream.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="shape">How it is launched.</param>
    /// <param name="parameters">The author's parameters.</param>
    /// <param name="limit">How long it may take.</param>
    internal void Launch(
        CudaStream owner, LoadedKernel kernel, in LaunchShape shape, ReadOnlySpan<byte> parameters, TimeSpan limit)
    {
        var function = ((CudaCode)kernel.Module.Module.Code).Functions[kernel.Kernel.Index];
        var layout = owner.Region.Layout;
        var bytes = (nuint)function.ParameterBytes;
        var block = stackalloc byte[(int)bytes + sizeof(ulong)];
        parameters.CopyTo(new Span<byte>(block, (int)bytes));
        var extra = stackalloc nint[]
        {
            Cuda.CU_LAUNCH_PARAM_BUFFER_POINTER, (nint)block, Cuda.CU_LAUNCH_PARAM_BUFFER_SIZE, (nint)(&bytes),
            Cuda.CU_LAUNCH_PARAM_END,
        };

        EnterWithRoom();
        try
        {
            var slot = (int)(_head % Capacity);
            var deadline = _device.Clock.After(limit);
            function.WriteHidden(
                new Span<byte>(block, (int)bytes), layout.Base, layout.Size - 1, kernel.Module.GlobalsAddress,
                _status.Address(slot), deadline);
            var stream = Select(kernel.Sampler.MeanNanoseconds);
            var launch = Begin(stream, kernel.Sampler.Choose());
            launch.Owner = owner;
            launch.Kernel = kernel;
            launch.LimitTicks = TicksOf(limit);
            var result = Cuda.cuLaunchKernel(
                function.Value, shape.Grid.X, shape.Grid.Y, shape.Grid.Z, shape.Block.X, shape.Block.Y, shape.Block.Z,
                (uint)shape.DynamicSharedBytes, stream, null, (void**)extra);
            if (result != CudaResult.CUDA_SUCCESS)
            {
                Refuse(launch, result, kernel.Kernel.Name);
            }
            Push(stream, launch);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Launches a graph.</summary>
    internal void Launch(CudaStream owner, CudaGraph graph, TimeSpan limit)
    {
        EnterWithRoom();
        try
        {
            var stream = Select(graph.Sampler.MeanNanoseconds);
            var executable = graph.Prepare(
                isPart: stream != _whole.Value, _device.Clock.After(limit), limit);
            var launch = Begin(stream, graph.Sampler.Choose());
            launch.Owner = owner;
            launch.Graph = graph;
            launch.LimitTicks = TicksOf(limit);
            var result = Cuda.cuGraphLaunch(executable, stream);
            if (result != CudaResult.CUDA_SUCCESS)
            {
                Refuse(launch, result, "a graph");
            }
            graph.Launched();
            Push(stream, launch);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Records an event after all that is in the lane.</summary>
    internal void Record(CudaEventHandle marker)
    {
        lock (_gate)
        {
            _device.ThrowIfLost();
            _device.Expect(Cuda.cuEventRecord(marker.Value, _current), "recording an event");
        }
    }

    /// <summary>Lets what comes after wait for an event.</summary>
    internal void WaitFor(CudaEventHandle marker)
    {
        lock (_gate)
        {
            _device.ThrowIfLost();
            _device.Expect(Cuda.cuStreamWaitEvent(_current, marker.Value, 0), "waiting for an event");
        }
    }

    /// <summary>Copies to the device, after all that is in the lane, and waits.</summary>
    internal void CopyIn(ulong destination, void* source, ulong bytes) =>
        Finish(Cuda.cuMemcpyHtoDAsync_v2(destination, source, (nuint)bytes, _whole.Value), "copying to the device");

    /// <summary>Copies from the device, after all that is in the lane, and waits.</summary>
    internal void CopyOut(void* destination, ulong source, ulong bytes) =>
        Finish(Cuda.cuMemcpyDtoHAsync_v2(destination, source, (nuint)bytes, _whole.Value), "copying from the device");

    /// <summary>Sets bytes of the device, after all that is in the lane, and waits.</summary>
    internal void Fill(ulong address, ulong count, byte value) =>
        Finish(Cuda.cuMemsetD8Async(address, value, (nuint)count, _whole.Value), "filling memory of the device");

    /// <summary>Completes what has ended.</summary>
    internal void Reap()
    {
        // Who holds the gate reaps or launches, and others have better things to do than to wait for that.
        if (IsBusy && _gate.TryEnter())
        {
            try
            {
                ReapCore();
            }
            finally
            {
                _gate.Exit();
            }
        }
    }

    /// <summary>Completes what has ended, and says whether a stream has nothing left in the lane.</summary>
    internal bool IsDone(CudaStream owner)
    {
        lock (_gate)
        {
            ReapCore();
            if (owner.Pending > 0)
            {
                return false;
            }
            if (owner.HasTrailing && !_device.IsLost)
            {
                var result = Cuda.cuStreamQuery(_current);
                owner.HasTrailing = result == CudaResult.CUDA_ERROR_NOT_READY;
                if (!owner.HasTrailing)
                {
                    _device.Watch(result);
                }
            }
            return !owner.HasTrailing;
        }
    }

    /// <summary>
    /// How long the lane has made no progress beyond what its first launch may take; negative when all is well.
    /// </summary>
    internal TimeSpan Overdue(long now)
    {
        lock (_gate)
        {
            return _head == _tail
                ? TimeSpan.MinValue
                : Stopwatch.GetElapsedTime(_progress + _ring[_tail % Capacity].LimitTicks, now);
        }
    }

    /// <summary>
    /// Tells all owners that their work is lost, unless a thread with this lane does not come back from the driver: owners
    /// look at the device, too.
    /// </summary>
    internal void Abandon(GpuException failure)
    {
        if (!_gate.TryEnter(GatePatience))
        {
            return;
        }
        try
        {
            for (; _tail < _head; _tail++)
            {
                ref var entry = ref _ring[_tail % Capacity];
                entry.Owner.Lose(failure);
                entry = default;
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Frees what it has of the driver, when the device is closed and nothing is in it.</summary>
    public void Dispose()
    {
        foreach (var handle in _marks.Concat(_timers))
        {
            handle.Dispose();
        }
        _switch.Dispose();
        _part?.Dispose();
        _whole.Dispose();
    }

    private static long TicksOf(TimeSpan limit) => limit.Ticks * (Stopwatch.Frequency / TimeSpan.TicksPerSecond);

    private void EnterWithRoom()
    {
        for (var start = 0L; ; CudaWait.Pause(start))
        {
            _gate.Enter();
            try
            {
                _device.ThrowIfLost();
                if (_head - _tail == Capacity)
                {
                    ReapCore();
                }
            }
            catch
            {
                _gate.Exit();
                throw;
            }
            if (_head - _tail < Capacity)
            {
                return;
            }
            _gate.Exit();
            start = start == 0 ? Stopwatch.GetTimestamp() : start;
        }
    }

    /// <summary>
    /// The stream for the next launch; one that is long, or that nothing is known of, leaves multiprocessors free while
    /// tenants share the device.
    /// </summary>
    private nint Select(long meanNanoseconds)
    {
        var target = _whole.Value;
        if (meanNanoseconds is 0 or > CudaDevice.ShortNanoseconds && _device.Partition is { } partition && _device.Scheduler.Tenants > 1)
        {
            target = (_part ??= CudaStreamHandle.Create(partition)).Value;
        }
        if (target != _current)
        {
            _device.Expect(Cuda.cuEventRecord(_switch.Value, _current), "changing streams");
            _device.Expect(Cuda.cuStreamWaitEvent(target, _switch.Value, 0), "changing streams");
            _current = target;
        }
        return target;
    }

    /// <summary>
    /// What a launch needs beside the kernel, before it is made: afterwards nothing may fail for want of memory, since a
    /// launch that is made must be waited for.
    /// </summary>
    private PendingLaunch Begin(nint stream, int weight)
    {
        var launch = default(PendingLaunch);
        if (weight > 0 && TryTake(_timers, isTimed: true, out launch.Start))
        {
            if (TryTake(_timers, isTimed: true, out launch.End))
            {
                launch.Weight = weight;
                _device.Expect(Cuda.cuEventRecord(launch.Start!.Value, stream), "timing a launch");
                return launch;
            }
            _timers.Push(launch.Start!);
            launch.Start = null;
        }
        if (_head % MarkInterval == MarkInterval - 1)
        {
            TryTake(_marks, isTimed: false, out launch.End);
        }
        return launch;
    }

    /// <summary>An event, unless the device has no memory for one. A launch can do without.</summary>
    private bool TryTake(Stack<CudaEventHandle> spare, bool isTimed, out CudaEventHandle? taken)
    {
        if (!spare.TryPop(out taken))
        {
            _device.Watch(CudaEventHandle.TryCreate(isTimed, out taken));
        }
        return taken is not null;
    }

    private void Recycle(in PendingLaunch launch)
    {
        if (launch.Start is not null)
        {
            _timers.Push(launch.Start);
        }
        if (launch.End is not null)
        {
            (launch.Start is null ? _marks : _timers).Push(launch.End);
        }
    }

    private void Refuse(in PendingLaunch launch, CudaResult result, string name)
    {
        Recycle(launch);
        _device.Watch(result);
        throw _device.IsLost
            ? _device.Lost()
            : new GpuException(
                result == CudaResult.CUDA_ERROR_OUT_OF_MEMORY ? GpuErrorCode.OutOfMemory : GpuErrorCode.LaunchFailed,
                $"the driver refused to launch {name}: {CudaErrors.Explain(result)}");
    }

    private void Push(nint stream, in PendingLaunch launch)
    {
        if (_head == _tail)
        {
            _progress = Stopwatch.GetTimestamp();
        }
        ref var entry = ref _ring[_head % Capacity];
        entry = launch;
        entry.Owner.Pending++;
        if (entry.End is not null)
        {
            TryRecord(ref entry, stream);
        }
        Volatile.Write(ref _head, _head + 1);
    }

    /// <summary>Records the end of a launch; one that could not be recorded is taken away: it would look as if it had happened.</summary>
    private void TryRecord(ref PendingLaunch entry, nint stream)
    {
        var result = Cuda.cuEventRecord(entry.End!.Value, stream);
        if (result != CudaResult.CUDA_SUCCESS)
        {
            entry.End.Dispose();
            entry.Start?.Dispose();
            (entry.Start, entry.End) = (null, null);
            _device.Watch(result);
        }
    }

    /// <summary>
    /// Whether a launch has ended, and all before it. The last one that nobody marked is marked now; without memory for
    /// that, the whole stream is asked.
    /// </summary>
    private CudaResult Query(ref PendingLaunch entry)
    {
        if (entry.End is null && TryTake(_marks, isTimed: false, out entry.End))
        {
            TryRecord(ref entry, _current);
        }
        return entry.End is null ? Cuda.cuStreamQuery(_current) : Cuda.cuEventQuery(entry.End.Value);
    }

    private void ReapCore()
    {
        while (_tail < _head && !_device.IsLost)
        {
            var marked = _tail;
            while (marked < _head - 1 && _ring[marked % Capacity].End is null)
            {
                marked++;
            }
            var result = Query(ref _ring[marked % Capacity]);
            if (result != CudaResult.CUDA_SUCCESS)
            {
                _device.Watch(result);
                return;
            }
            while (_tail <= marked)
            {
                var count = CountAlike(marked);
                if (count == 0)
                {
                    Complete(ref _ring[_tail % Capacity], (int)(_tail % Capacity));
                    count = 1;
                }
                Volatile.Write(ref _tail, _tail + count);
            }
            _progress = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>
    /// Completes at once the next launches that nothing tells apart: of one kernel, not timed, not stopped.
    /// </summary>
    private int CountAlike(long last)
    {
        ref readonly var first = ref _ring[_tail % Capacity];
        var (owner, kernel) = (first.Owner, first.Kernel);
        var bells = _status.Doorbells(Capacity);
        var count = 0;
        for (var i = _tail; i <= last; i++, count++)
        {
            ref var entry = ref _ring[i % Capacity];
            if (entry.Kernel is null || entry.Kernel != kernel || entry.Owner != owner || entry.Start is not null
                || bells[(int)(i % Capacity)] != 0)
            {
                break;
            }
            if (entry.End is not null)
            {
                _marks.Push(entry.End);
            }
            entry = default;
        }
        if (count > 0)
        {
            owner.Pending -= count;
            owner.Complete(kernel!, count, count * kernel!.Sampler.MeanNanoseconds);
        }
        return count;
    }

    private void Complete(ref PendingLaunch entry, int slot)
    {
        var launch = entry;
        entry = default;
        var sampler = launch.Kernel?.Sampler ?? launch.Graph!.Sampler;
        var nanoseconds = sampler.MeanNanoseconds;
        if (launch.Start is not null)
        {
            float milliseconds;
            if (Cuda.cuEventElapsedTime(&milliseconds, launch.Start.Value, launch.End!.Value) == 0)
            {
                nanoseconds = sampler.Learn((long)(milliseconds * 1e6f), launch.Weight);
            }
        }
        Recycle(launch);
        launch.Owner.Pending--;
        if (launch.Graph is not null)
        {
            launch.Owner.Complete(launch.Graph, nanoseconds, launch.Graph.TakeStops());
            return;
        }
        var stop = _status.Doorbells(Capacity)[slot] != 0
            ? _device.TakeStop(_status, slot, launch.Kernel!.Kernel.Name)
            : null;
        launch.Owner.Complete(launch.Kernel!, nanoseconds, stop);
    }

    /// <summary>Waits for a copy in the stream of all multiprocessors, which no partition ever orders.</summary>
    private void Finish(CudaResult issued, string purpose)
    {
        _device.Expect(issued, purpose);
        _device.Expect(CudaWait.ForStream(_device, _whole.Value), purpose);
    }
}
