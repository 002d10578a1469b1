using System.Collections.Concurrent;
using System.Diagnostics;

namespace TensorWasm.Runtime;

/// <summary>
/// Takes jobs from the store and runs them, some at once. While it lives it renews its lease on them; should it die,
/// another takes them when the lease has ended.
/// </summary>
internal sealed class JobRunner : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a job waits that could not be run for now.</summary>
    private static readonly TimeSpan Postponement = TimeSpan.FromSeconds(10);

    private readonly Guid _worker = Guid.NewGuid();
    private readonly IJobStore _store;
    private readonly IBlobStore _blobs;
    private readonly Invoker _invoker;
    private readonly JobOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<Exception>? _onFault;
    private readonly ConcurrentDictionary<Guid, RunningJob> _running = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _stopped = new();
    private TaskCompletionSource _wake = NewSignal();
    private Task _taking = Task.CompletedTask;
    private Task _renewing = Task.CompletedTask;

    internal JobRunner(
        IJobStore store, IBlobStore blobs, Invoker invoker, JobOptions options, TimeProvider time,
        Action<Exception>? onFault)
    {
        _store = store;
        _blobs = blobs;
        _invoker = invoker;
        _options = options;
        _time = time;
        _onFault = onFault;
    }

    /// <summary>Jobs that run now.</summary>
    internal int Count => _running.Count;

    internal void Start()
    {
        _taking = Task.Run(TakeAsync);
        _renewing = Task.Run(RenewAsync);
    }

    /// <summary>Says that there is work.</summary>
    internal void Wake() => Volatile.Read(ref _wake).TrySetResult();

    /// <summary>
    /// Stops a job where it runs here; where it runs elsewhere, that worker learns of it from the store.
    /// </summary>
    internal void Cancel(Guid job)
    {
        if (_running.TryGetValue(job, out var running)) running.Cancel();
    }

    /// <summary>Takes no more jobs.</summary>
    internal Task StopTakingAsync()
    {
        _stopping.Cancel();
        return _taking;
    }

    /// <summary>Waits for the jobs that run; to be called when their guests have been stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopTakingAsync().ConfigureAwait(false);
        await Task.WhenAll(_running.Values.Select(static running => running.Completion)).ConfigureAwait(false);
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _stopping.Dispose();
        _stopped.Dispose();
    }

    private async Task TakeAsync()
    {
        var period = _options.Lease / 3;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                // Before the look: what comes after it signals this one.
                var wake = NewSignal();
                Volatile.Write(ref _wake, wake);
                var room = _options.MaxConcurrent - _running.Count;
                if (room > 0)
                {
                    var now = _time.GetUtcNow();
                    var jobs = await _store
                        .TakeAsync(_worker, room, now, now + _options.Lease, CountOf, _stopping.Token)
                        .ConfigureAwait(false);
                    foreach (var job in jobs) Run(job);
                }
                await wake.Task.WaitAsync(period, _time, _stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (TimeoutException)
            {
                // Another process may have left work.
            }
            catch (StateUnavailableException)
            {
                await Task.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(_options.Lease / 3, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token).ConfigureAwait(false))
            {
                if (_running.IsEmpty) continue;
                try
                {
                    var cancelled = await _store.RenewAsync(_worker, _time.GetUtcNow() + _options.Lease, _stopped.Token)
                        .ConfigureAwait(false);
                    foreach (var job in cancelled) Cancel(job);
                }
                catch (StateUnavailableException)
                {
                    // Tried again at the next tick; the lease lasts for three.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private int CountOf(TenantId tenant) => _running.Values.Count(running => running.Job.Tenant == tenant);

    private void Run(JobRecord job)
    {
        var running = new RunningJob(job);
        if (!_running.TryAdd(job.Id, running)) return;
        running.Completion = Task.Run(async () =>
        {
            try
            {
                await CarryOutAsync(running).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                _onFault?.Invoke(e);
            }
            finally
            {
                _running.TryRemove(job.Id, out _);
                running.Dispose();
                Wake();
            }
        });
    }

    private async Task CarryOutAsync(RunningJob running)
    {
        var job = running.Job;
        if (job.Attempts > _options.MaxAttempts)
        {
            var reason = $"The job was started {_options.MaxAttempts} times, and the process ended before it.";
            await FinishAsync(Failed(job, new RuntimeError(RuntimeErrorKind.JobInterrupted, reason)))
                .ConfigureAwait(false);
            return;
        }
        var finished = await InvokeAsync(running).ConfigureAwait(false);
        if (finished is null)
        {
            await PersistAsync(() => _store.GiveBackAsync(_worker, job.Id, _time.GetUtcNow() + Wait()))
                .ConfigureAwait(false);
            return;
        }
        await FinishAsync(finished).ConfigureAwait(false);

        // Whoever opens the state next has them at once.
        TimeSpan Wait() => _stopping.IsCancellationRequested ? TimeSpan.Zero : Postponement;
    }

    /// <summary>The job as it ended; null where it is to be tried again.</summary>
    private async Task<JobRecord?> InvokeAsync(RunningJob running)
    {
        var job = running.Job;
        ReadOnlyMemory<byte> input = default;
        if (job.Input is { } digest)
        {
            try
            {
                input = await _blobs.GetAsync(digest).ConfigureAwait(false)
                    ?? throw new IOException($"there is no blob {digest}");
            }
            catch (Exception e) when (RuntimeFailure.Of(e) is { } error)
            {
                return Failed(job, error);
            }
        }
        _ = ActivityContext.TryParse(job.TraceParent, null, isRemote: true, out var submitted);
        using var activity = RuntimeTelemetry.StartJob(job, submitted);
        using var output = new OutputStream(_options.MaxOutputBytes);
        var invocation = _invoker.InvokeAsync(
            new InvocationRequest
            {
                Tenant = job.Tenant,
                Function = FunctionReference.ToVersion(job.Function, job.Version),
                Export = job.Export,
                Arguments = job.Arguments,
                Input = input,
                Deadline = job.Deadline,
                Job = job.Id,
                TraceId = submitted == default ? null : submitted.TraceId.ToHexString(),
                Output = output,
            },
            running.Token).AsTask();
        var emitted = await output.ReadAllAsync().ConfigureAwait(false);
        var result = await invocation.ConfigureAwait(false);
        if (result.Error is { } failure)
        {
            if (failure.IsTransient || failure.Kind == RuntimeErrorKind.TenantSuspended) return null;
            return failure.Kind == RuntimeErrorKind.Cancelled
                ? job with { Status = JobStatus.Cancelled, FinishedAt = _time.GetUtcNow() }
                : Failed(job, failure);
        }
        Digest? stored = null;
        if (emitted.Length > 0)
        {
            await PersistAsync(async () => (stored = await _blobs.PutAsync(emitted).ConfigureAwait(false)) is not null)
                .ConfigureAwait(false);
        }
        return job with
        {
            Status = JobStatus.Completed,
            FinishedAt = _time.GetUtcNow(),
            Results = result.Results,
            Output = stored,
            OutputBytes = emitted.Length,
        };
    }

    private JobRecord Failed(JobRecord job, RuntimeError error) =>
        job with { Status = JobStatus.Failed, FinishedAt = _time.GetUtcNow(), Error = error };

    private Task FinishAsync(JobRecord job) => PersistAsync(() => _store.FinishAsync(_worker, job));

    /// <summary>Writes until it succeeds, or the process ends: the job would run again otherwise.</summary>
    private async Task PersistAsync(Func<Task<bool>> write)
    {
        while (true)
        {
            try
            {
                await write().ConfigureAwait(false);
                return;
            }
            catch (Exception e) when ((e is StateUnavailableException or IOException) && !_stopping.IsCancellationRequested)
            {
                await Task.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
