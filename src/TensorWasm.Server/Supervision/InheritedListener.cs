using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace TensorWasm.Server;

/// <summary>
/// Accepts from a socket that outlives this server: when it stops, it stops accepting, and the socket goes on listening.
/// </summary>
internal sealed class InheritedListener(
    Supervision supervision, SocketConnectionContextFactory connections, IMemoryPoolFeature pool) : IConnectionListener
{
    /// <summary>A socket that can't accept, for want of descriptors most likely, is asked again after 50 ms.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _unbound = CancellationTokenSource.CreateLinkedTokenSource(supervision.Stopping);

    public EndPoint EndPoint { get; } = supervision.Socket.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
        try
        {
            while (true)
            {
                try
                {
                    var accepted = await supervision.Socket.AcceptAsync(either.Token).ConfigureAwait(false);
                    accepted.NoDelay = true;
                    var connection = connections.Create(accepted);
                    connection.Features.Set(pool);
                    return connection;
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
                {
                    // It went away while it waited.
                }
                catch (SocketException)
                {
                    await Task.Delay(Patience, either.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
        {
            return null;
        }
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
        await _unbound.CancelAsync().ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await _unbound.CancelAsync().ConfigureAwait(false);
        connections.Dispose();
        pool.MemoryPool.Dispose();
    }
}
