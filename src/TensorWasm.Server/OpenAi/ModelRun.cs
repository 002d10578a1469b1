using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>One call of a model: its records as they come, and how it ended.</summary>
internal sealed class ModelRun : IAsyncDisposable
{
    private readonly OutputStream _output = new();
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _aborted;
    private readonly Task<InvocationResult> _running;
    private readonly ModelRecords _records = new();
    private readonly Queue<ModelRecord> _ready = [];
    private bool _isEnough;

    internal ModelRun(
        TensorWasmRuntime runtime, GatewayRequest request, Model model, string export, ReadOnlyMemory<byte> input)
    {
        _aborted = request.Aborted;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_aborted);
        _running = runtime.InvokeAsync(
            new()
            {
                Tenant = request.Tenant,
                Function = model.Function,
                Export = export,
                Input = input,
                TraceId = request.TraceId,
                Output = _output,
            },
            _stop.Token).AsTask();
    }

    /// <summary>The next record; null after the last one.</summary>
    /// <exception cref="RefusalException">The model failed, refuses, or does not keep to the interface.</exception>
    internal async Task<ModelRecord?> NextAsync()
    {
        while (_ready.Count == 0)
        {
            if (_isEnough) return null;
            if (await _output.ReadAsync(_aborted).ConfigureAwait(false) is not { } chunk)
            {
                await EndAsync().ConfigureAwait(false);
                return null;
            }
            foreach (var record in _records.Append(chunk.Span)) _ready.Enqueue(record);
        }
        var next = _ready.Dequeue();
        return next.Error is { } error ? throw new RefusalException(error) : next;
    }

    /// <summary>Nothing more is wanted of the model.</summary>
    internal void Stop()
    {
        _isEnough = true;
        _ready.Clear();
        _stop.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _output.Dispose();
        await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task EndAsync()
    {
        var result = await _running.ConfigureAwait(false);
        if (result.Error is { } error) throw new RefusalException(RuntimeErrors.Of(error));
        _records.End();
        // A model may also say no by what it returns; then it should have said why.
        if (result.Results is [{ Kind: GuestValueKind.I32, Int32: not 0 and var code }])
        {
            throw new RefusalException(new(ErrorKind.GuestFailed, 500, $"The model ended with code {code} and gave no reason."));
        }
    }
}
