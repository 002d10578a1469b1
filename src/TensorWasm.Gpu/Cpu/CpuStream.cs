using System.Buffers.Binary;
using TensorWasm.Gpu.Cpu.Compilation;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Cpu;

/// <summary>
/// A stream of a region on the processor: a queue of steps, of which the first is under way. Each step calls
/// <see cref="Advance"/> when it has ended, on whichever thread ended it.
/// </summary>
internal sealed class CpuStream(CpuRegion region) : GpuStream(region)
{
    private readonly object _lock = new();
    private readonly Queue<Func<bool>> _steps = [];
    private bool _isRunning;

    protected override bool IsIdleCore
    {
        get
        {
            lock (_lock)
            {
                return !_isRunning;
            }
        }
    }

    public override void Record(GpuEvent marker)
    {
        ThrowIfUnusable();
        CpuEvent cpu = Own(marker);
        var mark = new CpuMark();
        cpu.Mark = mark;
        Enqueue(() =>
        {
            mark.Reach();
            return true;
        });
    }

    public override void WaitFor(GpuEvent marker)
    {
        ThrowIfUnusable();
        if (Own(marker).Mark is { } mark)
        {
            Enqueue(() =>
            {
                if (mark.IsReached)
                {
                    return true;
                }

                mark.Then(Advance);
                return false;
            });
        }
    }

    protected override void LaunchCore(
        LoadedKernel kernel, in LaunchShape shape, ReadOnlySpan<byte> parameters, TimeSpan timeLimit)
    {
        LaunchShape copy = shape;
        byte[] block = ParametersOf(kernel, parameters);
        Enqueue(() => Start(kernel, copy, block, timeLimit, (nanoseconds, stop, failure) =>
        {
            if (failure is not null)
            {
                Abandon(failure);
            }
            else
            {
                Complete(kernel, nanoseconds, stop);
            }

            Advance();
        }));
    }

    protected override void LaunchCore(GpuGraph graph, TimeSpan timeLimit)
    {
        ulong deadline = 0;
        long total = 0;
        GpuException? lost = null;
        List<(int, GpuStop)> stops = [];
        for (int i = 0; i < graph.Launches.Count; i++)
        {
            int index = i;
            bool isLast = i == graph.Launches.Count - 1;
            RecordedLaunch launch = graph.Launches[i];
            byte[] block = ParametersOf(launch.Kernel, launch.Parameters.Span);
            Enqueue(() =>
            {
                deadline = index == 0 ? Clock.Now + (ulong)timeLimit.TotalNanoseconds : deadline;
                var left = TimeSpan.FromMicroseconds((long)Math.Max((long)(deadline - Clock.Now), 0) / 1000.0);
                return Start(launch.Kernel, launch.Shape, block, left, (nanoseconds, stop, failure) =>
                {
                    total += nanoseconds;
                    lost ??= failure;
                    if (stop is not null)
                    {
                        stops.Add((index, stop));
                    }

                    if (isLast && lost is not null)
                    {
                        Abandon(lost);
                    }
                    else if (isLast)
                    {
                        Complete(graph, total, stops);
                    }

                    Advance();
                });
            });
        }
    }

    protected override GpuGraph CreateGraph(IReadOnlyList<RecordedLaunch> launches) => new CpuGraph(region, launches);

    protected override void WaitCore(CancellationToken cancellation)
    {
        using CancellationTokenRegistration registration = cancellation.Register(() =>
        {
            lock (_lock)
            {
                Monitor.PulseAll(_lock);
            }
        });
        var spin = default(SpinWait);
        while (!IsIdleCore && !spin.NextSpinWillYield)
        {
            spin.SpinOnce();
        }

        lock (_lock)
        {
            while (_isRunning)
            {
                cancellation.ThrowIfCancellationRequested();
                Monitor.Wait(_lock);
            }
        }
    }

    protected override void Close()
    {
    }

    private static CpuKernel KernelOf(LoadedKernel kernel) =>
        ((CpuCode)kernel.Module.Module.Code)[kernel.Kernel.Index];

    /// <summary>The whole parameter block but for the status block's address and the deadline.</summary>
    private byte[] ParametersOf(LoadedKernel kernel, ReadOnlySpan<byte> parameters)
    {
        byte[] block = new byte[kernel.Kernel.ParameterBytes];
        parameters.CopyTo(block);
        foreach ((HiddenParameter hidden, int offset) in HiddenOf(kernel))
        {
            ulong value = hidden switch
            {
                HiddenParameter.RegionBase => Region.Layout.Base,
                HiddenParameter.RegionMask => Region.Layout.Size - 1,
                HiddenParameter.Globals => kernel.Module.GlobalsAddress,
                _ => 0,
            };
            BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(offset), value);
        }

        return block;
    }

    private static IEnumerable<(HiddenParameter Parameter, int Offset)> HiddenOf(LoadedKernel kernel)
    {
        IReadOnlyList<HiddenParameter> hidden = kernel.Kernel.Fenced.HiddenParameters;
        int first = kernel.Kernel.ParameterBytes - (8 * hidden.Count);
        return hidden.Select((parameter, i) => (parameter, first + (8 * i)));
    }

    /// <summary>Gives a launch to the device's threads. Its result is true when it has ended already, which it never has.</summary>
    private bool Start(
        LoadedKernel kernel,
        in LaunchShape shape,
        byte[] parameters,
        TimeSpan timeLimit,
        Action<long, GpuStop?, GpuException?> ended)
    {
        var status = new StatusMemory();
        ulong deadline = Clock.Now + (ulong)timeLimit.TotalNanoseconds;
        foreach ((HiddenParameter hidden, int offset) in HiddenOf(kernel))
        {
            if (hidden is HiddenParameter.Status or HiddenParameter.Deadline)
            {
                ulong value = hidden == HiddenParameter.Status ? status.Address : deadline;
                BinaryPrimitives.WriteUInt64LittleEndian(parameters.AsSpan(offset), value);
            }
        }

        CpuLaunch launch;
        try
        {
            launch = status.Launch(KernelOf(kernel), shape, parameters, deadline);
        }
        catch (ArgumentException defect)
        {
            // Whoever waits for the stream must hear of it.
            status.Dispose();
            ended(0, null, new GpuException(GpuErrorCode.Internal, $"kernel '{kernel.Kernel.Name}': {defect.Message}", defect));
            return false;
        }

        region.CpuDevice.Workers.Add(launch, nanoseconds =>
        {
            string name = kernel.Kernel.Name;
            GpuStop? stop = GpuStop.Read(status.Bytes, name);
            GpuException? failure = null;
            if (stop is null && launch.Failure is { } fault)
            {
                if (launch.Faulted)
                {
                    // The processor's fault tells neither thread nor address.
                    stop = new GpuStop(GpuErrorCode.OutOfBounds, name, 0, 0, default, default, 0, 0, false);
                }
                else
                {
                    failure = new GpuException(
                        fault is CpuKernelException ? GpuErrorCode.InvalidKernel : GpuErrorCode.Internal,
                        $"kernel '{name}': {fault.Message}",
                        fault);
                }
            }
            else if (stop is null && launch.WasCancelled)
            {
                failure = new GpuException(GpuErrorCode.LaunchFailed, $"kernel '{name}': the device was closed");
            }

            launch.Dispose();
            status.Dispose();
            ended(nanoseconds, stop, failure);
        });
        return false;
    }

    private void Enqueue(Func<bool> step)
    {
        lock (_lock)
        {
            _steps.Enqueue(step);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        Advance();
    }

    private void Advance()
    {
        while (true)
        {
            Func<bool>? step;
            lock (_lock)
            {
                if (!_steps.TryDequeue(out step))
                {
                    _isRunning = false;
                    Monitor.PulseAll(_lock);
                    return;
                }
            }

            if (!step())
            {
                return;
            }
        }
    }

    private CpuEvent Own(GpuEvent marker) => marker is CpuEvent cpu && cpu.Region == Region && !cpu.IsDisposed
        ? cpu
        : throw new GpuException(GpuErrorCode.InvalidHandle, "the event was disposed or belongs to another region");
}
