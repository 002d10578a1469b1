using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace TensorWasm.Server;

/// <summary>Makes Kestrel accept from the supervisor's socket, whatever address it was told.</summary>
internal sealed class InheritedListenerFactory(
    Supervision supervision, IMemoryPoolFactory<byte> pools, ILoggerFactory logging) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new InheritedListener(
            supervision,
            new SocketConnectionContextFactory(
                new SocketConnectionFactoryOptions(), logging.CreateLogger("TensorWasm.Server.Connections")),
            new PoolFeature(pools.Create())));

    /// <summary>
    /// Kestrel's own pool. By default the factory of connections takes the shared one, whose least block is empty, and
    /// Kestrel writes what comes before an answer's head into a least block.
    /// </summary>
    private sealed class PoolFeature(MemoryPool<byte> pool) : IMemoryPoolFeature
    {
        public MemoryPool<byte> MemoryPool => pool;
    }
}
