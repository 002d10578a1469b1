using System.Diagnostics.CodeAnalysis;
using TensorWasm.Engine.CompilerServices;

namespace TensorWasm.Engine;

/// <summary>
/// Where instances live that may share memories, tables and globals. One thread at a time may run guests of a store;
/// <see cref="Interrupt"/> may be called from any. Disposing it frees memories at once; otherwise they go when nothing
/// refers to them.
/// </summary>
public sealed class Store : IDisposable
{
    private readonly Lock _lock = new();
    private readonly int _maxStackBytes;
    private readonly List<Memory> _memories = [];
    private InstanceContext[] _contexts = [];
    private int _instanceCount;
    private int _tableCount;
    private CancellationTokenSource? _interruptedSource;
    private object? _owner;
    private int _depth;
    private MemoryPlacement? _placement;
    private nuint _stackLimit;
    private volatile bool _isInterrupted;
    private bool _isDisposed;
    private long _cpuStart;
    private long _cpuNanoseconds;

    /// <summary>An empty store.</summary>
    /// <param name="engine">The engine that compiles what runs here.</param>
    /// <param name="limits">What instances may use; the defaults when null.</param>
    /// <param name="placement">Where the store's first 32-bit memory must lie; null for anywhere.</param>
    public Store(WasmEngine engine, StoreLimits? limits = null, MemoryPlacement? placement = null)
    {
        _placement = placement;
        Engine = engine;
        Limits = limits ?? StoreLimits.Default;
        _maxStackBytes = Limits.MaxStackBytes;
    }

    /// <summary>The engine that compiled what runs here.</summary>
    public WasmEngine Engine { get; }

    /// <summary>What instances may use.</summary>
    public StoreLimits Limits { get; }

    /// <summary>Anything that host functions want to find again.</summary>
    public object? Data { get; set; }

    /// <summary>
    /// The fuel left, where <see cref="EngineOptions.CountFuel"/> is set: a guest that has used it up traps. See
    /// docs/fuel.md for what costs how much.
    /// </summary>
    public long Fuel
    {
        get => FuelTank.Remaining;
        set => FuelTank.Remaining = value;
    }

    /// <summary>
    /// Whether <see cref="CpuTime"/> is counted, which costs two system calls each time that a host calls a guest. Set it
    /// while no guest runs.
    /// </summary>
    public bool CountsCpuTime { get; set; }

    /// <summary>
    /// CPU time of the threads that ran guests of this store, while they did, host functions included; of calls that have
    /// returned. Systems that don't tell a thread's CPU time count the time that passed.
    /// </summary>
    public TimeSpan CpuTime => TimeSpan.FromTicks(Volatile.Read(ref _cpuNanoseconds) / TimeSpan.NanosecondsPerTick);

    /// <summary>Cancelled when the store is interrupted: host functions that wait must wait on it, too.</summary>
    public CancellationToken Interrupted
    {
        get
        {
            lock (_lock)
            {
                _interruptedSource ??= new CancellationTokenSource();
                if (_isInterrupted) _interruptedSource.Cancel();
                return _interruptedSource.Token;
            }
        }
    }

    internal FuelTank FuelTank { get; } = new();

    /// <summary>
    /// Stops the guest that runs: it traps with <see cref="TrapCode.Interrupted"/> at its next loop iteration or call. Where
    /// none runs, the next call traps. <see cref="Resume"/> takes it back.
    /// </summary>
    public void Interrupt()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            _isInterrupted = true;
            ApplyInterrupt();
            _interruptedSource?.Cancel();
        }
        if (_owner is not null) Watchdog.KeepInterrupting(this);
    }

    /// <summary>Takes an interruption back, so that guests may run again.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            if (!_isInterrupted) return;
            _isInterrupted = false;
            _interruptedSource = null;
            if (_isDisposed) return;
            for (var i = 0; i < _instanceCount; i++)
            {
                Volatile.Write(ref _contexts[i].IsInterrupted, 0);
                _contexts[i].StackLimit = _stackLimit;
            }
        }
    }

    /// <summary>Interrupts the store after a time, unless the result is disposed before.</summary>
    public IDisposable InterruptAfter(TimeSpan time) => Watchdog.Schedule(this, time);

    /// <summary>Interrupts the store when a token is cancelled, unless the result is disposed before.</summary>
    public IDisposable InterruptOn(CancellationToken token) =>
        new InterruptScope(this, token.UnsafeRegister(static store => ((Store)store!).Interrupt(), this));

    /// <summary>
    /// Frees the memories of all instances. A guest that runs on another thread is interrupted, and they are freed when it
    /// has stopped.
    /// </summary>
    public void Dispose()
    {
        Interrupt();
        lock (_lock)
        {
            _isDisposed = true;
            if (_owner is null) Free();
        }
    }

    internal void Adopt(Instance instance)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_instanceCount == Limits.MaxInstances)
            {
                throw new LimitExceededException(
                    $"this store allows {Limits.MaxInstances} instances (StoreLimits.MaxInstances)");
            }
            instance.Context.StackLimit = _isInterrupted ? nuint.MaxValue : _stackLimit;
            instance.Context.IsInterrupted = _isInterrupted ? 1 : 0;
            if (_contexts.Length == _instanceCount) Array.Resize(ref _contexts, Math.Max(1, _contexts.Length * 2));
            _contexts[_instanceCount++] = instance.Context;
        }
    }

    internal void Adopt(Memory memory)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _memories.Add(memory);
            if (_memories.Count > Limits.MaxMemories)
            {
                throw new LimitExceededException(
                    $"this store allows {Limits.MaxMemories} memories (StoreLimits.MaxMemories)");
            }
        }
    }

    internal void Adopt(Table table)
    {
        lock (_lock)
        {
            if (++_tableCount > Limits.MaxTables)
            {
                throw new LimitExceededException(
                    $"this store allows {Limits.MaxTables} tables (StoreLimits.MaxTables)");
            }
        }
    }

    /// <summary>The place for the memory that is about to be created; null once a memory has it.</summary>
    internal MemoryPlacement? TakePlacement()
    {
        var placement = Interlocked.Exchange(ref _placement, null);
        return placement is null || placement.TryTake()
            ? placement
            : throw new InvalidOperationException("another store has a memory at this placement");
    }

    /// <summary>
    /// Called by the thread that is about to run a guest; false if it has less stack left than guests may use, and must
    /// enter through a thread of its own.
    /// </summary>
    internal bool TryEnter()
    {
        var thread = ThreadStack.Current;
        if (ReferenceEquals(_owner, thread))
        {
            _depth++;
            return true;
        }
        if (!thread.TryGetLimit(_maxStackBytes, out var limit)) return false;
        if (Interlocked.CompareExchange(ref _owner, thread, null) is not null) ThrowInUse();
        if (_isDisposed) ThrowDisposed();
        _depth = 1;
        SetStackLimit(limit);
        if (CountsCpuTime) _cpuStart = ThreadClock.Nanoseconds;
        return true;
    }

    /// <summary>Called by the thread that ran a guest.</summary>
    internal void Exit()
    {
        if (--_depth > 0) return;
        if (CountsCpuTime) _cpuNanoseconds += ThreadClock.Nanoseconds - _cpuStart;
        if (_isDisposed)
        {
            FinishDisposal();
            return;
        }
        Volatile.Write(ref _owner, null);
        // A disposal between the check and the write saw an owner and left the freeing to this thread. Where even this read
        // comes too early, the memories' finalizers free.
        if (Volatile.Read(ref _isDisposed)) FinishDisposal();
    }

    /// <summary>Applies a pending interruption again, since the guest's thread may have overwritten it.</summary>
    /// <returns>Whether the guest still runs.</returns>
    internal bool ReapplyInterrupt()
    {
        lock (_lock)
        {
            if (!_isInterrupted || _isDisposed && _owner is null || _owner is null) return false;
            ApplyInterrupt();
            return true;
        }
    }

    internal void OnStackCheckFailed()
    {
        if (_isInterrupted) throw new TrapException(TrapCode.Interrupted);
        throw new TrapException(TrapCode.StackOverflow);
    }

    private void SetStackLimit(nuint limit)
    {
        _stackLimit = limit;
        for (var i = 0; i < _instanceCount; i++) _contexts[i].StackLimit = limit;
        if (_isInterrupted)
        {
            lock (_lock)
            {
                if (_isInterrupted) ApplyInterrupt();
            }
        }
    }

    private void ApplyInterrupt()
    {
        for (var i = 0; i < _instanceCount; i++)
        {
            Volatile.Write(ref _contexts[i].IsInterrupted, 1);
            _contexts[i].StackLimit = nuint.MaxValue;
        }
    }

    [DoesNotReturn]
    private static void ThrowInUse() =>
        throw new InvalidOperationException("another thread is running a guest of this store");

    [DoesNotReturn]
    private void ThrowDisposed()
    {
        _owner = null;
        throw new ObjectDisposedException(nameof(Store));
    }

    private void FinishDisposal()
    {
        lock (_lock)
        {
            _owner = null;
            Free();
        }
    }

    private void Free()
    {
        foreach (var memory in _memories) memory.Linear.Dispose();
        _memories.Clear();
    }

    private sealed class InterruptScope(Store store, CancellationTokenRegistration registration) : IDisposable
    {
        public void Dispose()
        {
            registration.Dispose();
            store.Resume();
        }
    }
}
