using TensorWasm.Gpu;

namespace TensorWasm.Server;

/// <summary>What a gateway takes from its surroundings, so that tests can give it others.</summary>
public sealed record GatewayEnvironment
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Adds the providers that log messages go to; none by default.</summary>
    public Action<ILoggingBuilder> ConfigureLogging { get; init; } = static _ => { };

    /// <summary>Standard output, for an audit log that goes there.</summary>
    public Stream? StandardOutput { get; init; }

    /// <summary>What the log says first: what is odd about the settings, but no error.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// Opens the devices that guests' kernels run on, which the gateway disposes; null for those of
    /// <see cref="GatewayOptions.Gpu"/>.
    /// </summary>
    public Func<IReadOnlyList<GpuDevice>>? OpenDevices { get; init; }

    /// <summary>The supervisor of this process; null where it has none.</summary>
    internal Supervision? Supervision { get; init; }
}
