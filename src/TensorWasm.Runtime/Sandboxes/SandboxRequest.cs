using TensorWasm.Engine;
using TensorWasm.Gpu;
using TensorWasm.Host;
using TensorWasm.Wasi;

namespace TensorWasm.Runtime;

/// <summary>What a sandbox is to be made for.</summary>
public sealed record SandboxRequest
{
    /// <summary>The most descriptors that a guest has open: its standard streams, and some.</summary>
    private const int MaxDescriptors = 16;

    private static readonly WasiLimits WasiLimits = Wasi.WasiLimits.Default with { MaxDescriptors = MaxDescriptors };

    /// <summary>The module.</summary>
    public required CompiledModule Module { get; init; }

    /// <summary>The version of the function, with its settings.</summary>
    public required FunctionVersion Version { get; init; }

    /// <summary>The function's name, which is the guest's name for itself.</summary>
    public required string FunctionName { get; init; }

    /// <summary>The invocation.</summary>
    public required InvocationRequest Invocation { get; init; }

    /// <summary>How long the guest may run.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>The timestamp at which its time began.</summary>
    public required long Started { get; init; }

    /// <summary>The device that runs its kernels; null for none.</summary>
    public GpuDevice? Device { get; init; }

    /// <summary>Why there is no device, as the guest reads it.</summary>
    public string NoDeviceReason { get; init; } = "";

    /// <summary>Whose quotas it uses on the device.</summary>
    public required GpuTenant DeviceTenant { get; init; }

    /// <summary>Kernels that it may load by name.</summary>
    public required IKernelRegistry Kernels { get; init; }

    /// <summary>
    /// The limits of its store. A module with several memories or tables shares its allowance among them.
    /// </summary>
    public StoreLimits CreateLimits()
    {
        var limits = Version.Settings.Limits;
        return new StoreLimits
        {
            MaxMemoryBytes = (ulong)limits.MemoryBytes / (ulong)Module.MemoryCount,
            MaxTableElements = (ulong)limits.TableElements / (ulong)Module.TableCount,
            MaxMemories = Module.MemoryCount,
            MaxTables = Module.TableCount,
            MaxInstances = 1,
            MaxStackBytes = limits.StackBytes,
        };
    }

    internal HostConfiguration CreateHost(TimeProvider time)
    {
        var granted = Version.Settings.Capabilities;
        var capabilities = HostCapabilities.None;
        if (granted.HasFlag(FunctionCapabilities.Gpu)) capabilities |= HostCapabilities.Cuda | HostCapabilities.Gpu;
        if (granted.HasFlag(FunctionCapabilities.Streaming)) capabilities |= HostCapabilities.Streaming;
        return new HostConfiguration
        {
            Capabilities = capabilities,
            Device = Device,
            NoDeviceReason = NoDeviceReason,
            Tenant = DeviceTenant,
            Kernels = Kernels,
            Time = time,
        };
    }

    internal WasiConfiguration CreateWasi(TimeProvider time)
    {
        var settings = Version.Settings;
        var configuration = WasiConfiguration.Empty
            .WithArguments([FunctionName, .. settings.Arguments])
            .WithEnvironment(settings.Environment)
            .WithLimits(WasiLimits);
        if (settings.Capabilities.HasFlag(FunctionCapabilities.Clocks)) configuration = configuration.WithClocks(time);
        if (settings.Capabilities.HasFlag(FunctionCapabilities.Random)) configuration = configuration.WithRandom();
        if (settings.Capabilities.HasFlag(FunctionCapabilities.Streaming) && !Invocation.Input.IsEmpty)
        {
            configuration = configuration.WithStandardInput(new ReadOnlyMemoryStream(Invocation.Input));
        }
        if (Invocation.StandardOutput is { } output) configuration = configuration.WithStandardOutput(output);
        if (Invocation.StandardError is { } error) configuration = configuration.WithStandardError(error);
        return configuration;
    }
}
