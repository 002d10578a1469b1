using System.Runtime.InteropServices;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Cpu.Execution;

/// <summary>A grid that runs: its blocks are given out in order, to as many threads as ask.</summary>
internal sealed unsafe class CpuLaunch : IDisposable
{
    private static long s_grids;

    private bool _isFreed;
    private readonly byte* _parameters;
    private readonly int* _cancelled;
    private readonly uint* _status;
    private long _next;
    private long _ended;

    /// <summary>A launch.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="shape">How it is launched.</param>
    /// <param name="parameters">The parameter block, hidden parameters included.</param>
    /// <param name="status">Its status block, or null: when one is there, nothing new begins once a stop was reported.</param>
    internal CpuLaunch(CpuKernel kernel, in LaunchShape shape, ReadOnlySpan<byte> parameters, uint* status = null)
    {
        if (parameters.Length != kernel.Layout.ParameterBytes)
        {
            throw new ArgumentException(
                $"the kernel takes {kernel.Layout.ParameterBytes} bytes of parameters, not {parameters.Length}");
        }

        Kernel = kernel;
        Shape = shape;
        Grid = (ulong)Interlocked.Increment(ref s_grids);
        Blocks = (long)((ulong)shape.Grid.X * shape.Grid.Y * shape.Grid.Z);
        _status = status;
        _parameters = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(parameters.Length, 16), 64);
        parameters.CopyTo(new Span<byte>(_parameters, parameters.Length));
        _cancelled = (int*)NativeMemory.AlignedAlloc(64, 64);
        *_cancelled = 0;
    }

    ~CpuLaunch() => Free();

    internal CpuKernel Kernel { get; }

    internal LaunchShape Shape { get; }

    /// <summary>%gridid.</summary>
    internal ulong Grid { get; }

    internal long Blocks { get; }

    /// <summary>When it must have ended, by the device's clock.</summary>
    internal ulong Deadline { get; init; } = ulong.MaxValue;

    /// <summary>The status block, or null.</summary>
    internal byte* Status => (byte*)_status;

    internal byte* Parameters => _parameters;

    internal int* CancelledFlag => _cancelled;

    /// <summary>A failure of ours or a fault in memory without access; null when there was none.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>Whether a block touched memory that is not there.</summary>
    internal bool Faulted { get; private set; }

    /// <summary>Whether blocks are left to begin.</summary>
    internal bool HasBlocks => Volatile.Read(ref _next) < Blocks;

    /// <summary>Blocks that were given out.</summary>
    internal long Given => Math.Min(Volatile.Read(ref _next), Blocks);

    /// <summary>Whether it was ended from outside.</summary>
    internal bool WasCancelled => Volatile.Read(ref *_cancelled) != 0;

    /// <summary>Ends the launch: no block begins any more, and those that run find their deadline passed.</summary>
    internal void Cancel() => Volatile.Write(ref *_cancelled, 1);

    /// <summary>Gives out the next blocks.</summary>
    /// <param name="count">How many are wanted.</param>
    /// <param name="first">The first one's number.</param>
    /// <returns>How many there are; 0 when none is left.</returns>
    internal long Take(long count, out long first)
    {
        while (true)
        {
            first = Volatile.Read(ref _next);
            long taken = IsStopped ? Blocks - first : Math.Min(count, Blocks - first);
            if (taken == 0 || Interlocked.CompareExchange(ref _next, first + taken, first) == first)
            {
                return taken;
            }
        }
    }

    /// <summary>Whether blocks that were given out shall not run any more.</summary>
    internal bool IsStopped =>
        Volatile.Read(ref *_cancelled) != 0 || (_status != null && Volatile.Read(ref *_status) != 0);

    /// <summary>
    /// Stops the launch when its time is up. Loops look at the deadline themselves; this is for grids of very many
    /// blocks.
    /// </summary>
    internal void CheckDeadline()
    {
        if (_status != null && Deadline < ulong.MaxValue && Clock.Now >= Deadline)
        {
            Interlocked.CompareExchange(ref *_status, FenceStatus.DeadlineExceeded, 0);
        }
    }

    /// <summary>Whether all blocks have ended.</summary>
    internal bool HasEnded => Volatile.Read(ref _ended) == Blocks;

    /// <summary>Counts blocks that have ended.</summary>
    internal void End(long count) => Interlocked.Add(ref _ended, count);

    internal void Fault(Exception fault)
    {
        lock (this)
        {
            Failure ??= fault;
            Faulted |= fault is NullReferenceException or AccessViolationException;
        }

        Cancel();
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (!_isFreed)
        {
            _isFreed = true;
            NativeMemory.AlignedFree(_parameters);
            NativeMemory.AlignedFree(_cancelled);
        }
    }
}
