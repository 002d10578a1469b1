using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Whether this server should get requests.</summary>
internal sealed class Readiness(ITenantStore store, AuditLog audit)
{
    private volatile bool _isStarted;
    private volatile bool _isStopping;

    /// <summary>The start is done.</summary>
    internal void Start() => _isStarted = true;

    /// <summary>The server has been told to stop.</summary>
    internal void Stop() => _isStopping = true;

    /// <summary>Why not; null if it should.</summary>
    internal async ValueTask<string?> ProblemAsync(CancellationToken token)
    {
        if (_isStopping) return "The server is stopping.";
        if (!_isStarted) return "The server is starting.";
        if (audit.IsRequired && !audit.IsHealthy) return "The audit log can't be written.";
        try
        {
            await store.FindAsync(TenantId.Default, token).ConfigureAwait(false);
            return null;
        }
        catch (StateUnavailableException)
        {
            return "The database can't be reached.";
        }
    }
}
