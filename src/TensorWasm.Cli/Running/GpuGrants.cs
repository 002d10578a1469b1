using TensorWasm.Gpu;
using TensorWasm.Host;

namespace TensorWasm.Cli;

/// <summary>Gives a guest the device that the command line grants.</summary>
internal sealed class GpuGrants : IDisposable
{
    private readonly GpuDevice? _device;

    private GpuGrants(GpuDevice? device, RunSettings settings)
    {
        _device = device;
        Tenant = new GpuTenant("guest", new GpuQuota { MemoryBytes = (long?)settings.GpuMemoryBytes });
        Context = new HostContext(new HostConfiguration
        {
            Device = device,
            NoDeviceReason = settings.Gpu.Preference == DevicePreference.None
                ? "this sandbox was started without a device (--gpu none)"
                : GpuDevices.CudaUnavailableReason ?? "no device could be opened",
            Tenant = Tenant,
            Kernels = settings.KernelFolder is { } folder ? new FolderKernelRegistry(folder) : null,
            LaunchTimeLimit = settings.GpuTimeLimit,
            ChecksAccesses = settings.GpuChecksAccesses,
        });
    }

    internal HostContext Context { get; }

    internal GpuTenant Tenant { get; }

    /// <summary>The device; null without one.</summary>
    internal DeviceInfo? Device => _device?.Info;

    /// <summary>
    /// Opens the device if the module asks for one, or if a certain one was asked for. The driver must see the process
    /// before the engine reserves address space, which is before the module is decoded: hence the look at its bytes.
    /// </summary>
    /// <exception cref="CliException">The device can't be opened.</exception>
    internal static GpuGrants Open(ReadOnlySpan<byte> module, RunSettings settings)
    {
        var choice = settings.Gpu;
        var isWanted = choice.Preference == DevicePreference.Cuda
            || module.IndexOf("wasi:cuda/host@"u8) >= 0
            || module.IndexOf("tensorwasm:gpu/host@"u8) >= 0;
        if (settings.KernelFolder is { } kernels && !Directory.Exists(kernels))
        {
            throw new CliException($"--kernels: there is no folder {kernels}.");
        }
        try
        {
            return new GpuGrants(isWanted ? OpenDevice(settings, settings.CodeCache.Folder) : null, settings);
        }
        catch (GpuException e)
        {
            throw new CliException($"--gpu {choice.Preference.ToString().ToLowerInvariant()}: {e.Message}.");
        }
    }

    public void Dispose()
    {
        Context.Dispose();
        _device?.Dispose();
    }

    private static GpuDevice? OpenDevice(RunSettings settings, string? cache)
    {
        var options = HostDevices.DefaultOptions;
        options = options with
        {
            KernelCacheFolder = cache is null ? null : Path.Combine(cache, "kernels"),
            DefaultTimeLimit = settings.GpuTimeLimit ?? options.DefaultTimeLimit,
        };
        try
        {
            return GpuDevices.Open(settings.Gpu.Preference, options, settings.Gpu.Ordinal);
        }
        catch (Exception e) when (cache is not null && e is IOException or UnauthorizedAccessException)
        {
            return settings.CodeCache.IsRequired
                ? throw new CliException($"the kernel cache in {cache} can't be used: {e.Message}")
                : OpenDevice(settings, null);
        }
    }
}
