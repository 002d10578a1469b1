using System.Buffers;
using System.Text;
using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>Modules and their kernels.</summary>
public sealed partial class GpuGuest
{
    private readonly HandleTable<ModuleSlot> _modules = new(GuestLimits.Modules);
    private readonly HandleTable<KernelSlot> _kernels = new(GuestLimits.Kernels);
    private long _ptxBytes;

    /// <summary>Loads PTX that lies in the guest's memory.</summary>
    internal ModuleSlot LoadModule(ReadOnlySpan<byte> ptx, bool check)
    {
        RequireRoomForModule(ptx.Length);

        // The device's cache finds modules by their hash. The guest's kernels may run and write to this memory, so what is
        // hashed and what is compiled must be one copy: another tenant's module would be found under a wrong one.
        var copy = ArrayPool<byte>.Shared.Rent(ptx.Length);
        try
        {
            ptx.CopyTo(copy);
            return AddModule(copy.AsSpan(0, ptx.Length), check);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    /// <summary>Loads PTX of the operator's by name.</summary>
    internal ModuleSlot LoadRegistered(string name, bool check)
    {
        RequireRegion();
        if (_configuration.Kernels?.Find(name) is not { } ptx)
        {
            throw new HostCallException(
                HostError.InvalidKernel,
                _configuration.Kernels is null
                    ? "this sandbox has no registry of kernels"
                    : $"the registry has no kernels named '{name}'");
        }
        RequireRoomForModule(ptx.Length);
        return AddModule(ptx.Span, check);
    }

    /// <summary>An entry point of a module; the only one for an empty name.</summary>
    /// <returns>Its handle.</returns>
    internal int FindKernel(ModuleSlot slot, ReadOnlySpan<byte> name)
    {
        if (name.Length > GuestLimits.EntryBytes)
        {
            throw new HostCallException(
                HostError.QuotaExceeded, $"an entry point's name has at most {GuestLimits.EntryBytes} bytes");
        }
        var entry = DecodeName(name);
        var kernels = slot.Module.Kernels;
        var kernel = entry.Length == 0 && kernels.Count == 1 ? kernels[0] : slot.Module.FindKernel(entry);
        if (kernel is null)
        {
            throw new HostCallException(HostError.InvalidKernel, entry.Length == 0
                ? $"the module has {kernels.Count} entry points; name one: {Names(kernels)}"
                : $"the module has no entry point '{entry}', but {Names(kernels)}");
        }
        if (slot.Kernels.TryGetValue(kernel, out var handle))
        {
            return handle;
        }
        if (_kernels.IsFull)
        {
            throw new HostCallException(HostError.QuotaExceeded, $"a sandbox has at most {GuestLimits.Kernels} kernels");
        }
        handle = _kernels.Add(new KernelSlot(kernel, slot));
        slot.Kernels.Add(kernel, handle);
        return handle;
    }

    internal ModuleSlot GetModule(uint handle) =>
        _modules.TryGet(handle, out var module) ? module : throw NoSuch("module", handle);

    internal KernelSlot GetKernel(uint handle) =>
        _kernels.TryGet(handle, out var kernel) ? kernel : throw NoSuch("kernel", handle);

    /// <summary>A kernel by the number that <c>wasi:cuda</c> has for it.</summary>
    internal KernelSlot GetCudaKernel(long id) =>
        _kernels.TryGet(id, out var kernel)
            ? kernel
            : throw new HostCallException(HostError.InvalidKernel, $"there is no kernel {id}");

    /// <summary>Unloads a module with its kernels.</summary>
    internal void Unload(ModuleSlot module)
    {
        foreach (var kernel in module.Kernels.Values)
        {
            _kernels.TryRemove(kernel, out _);
        }
        _modules.TryRemove(module.Handle, out _);
        _ptxBytes -= module.PtxBytes;
        module.Module.Dispose();
    }

    /// <summary>Text that a guest gives as a name.</summary>
    internal static string DecodeName(ReadOnlySpan<byte> name)
    {
        try
        {
            return StrictUtf8.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            throw new HostCallException(HostError.InvalidArguments, "the name is not valid UTF-8");
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static HostCallException NoSuch(string what, uint handle) =>
        new(HostError.InvalidHandle, $"there is no {what} {handle}");

    private static string Names(IReadOnlyList<LoadedKernel> kernels) => kernels.Count switch
    {
        0 => "none at all",
        > 8 => string.Join(", ", kernels.Take(8).Select(static kernel => kernel.Kernel.Name)) + ", ...",
        _ => string.Join(", ", kernels.Select(static kernel => kernel.Kernel.Name)),
    };

    private void RequireRoomForModule(int bytes)
    {
        if (bytes == 0)
        {
            throw new HostCallException(HostError.MalformedPtx, "the PTX is empty");
        }
        if (bytes > GuestLimits.PtxBytes)
        {
            throw new HostCallException(
                HostError.QuotaExceeded, $"PTX of {bytes} bytes is more than the {GuestLimits.PtxBytes} of one module");
        }
        if (_modules.IsFull)
        {
            throw new HostCallException(HostError.QuotaExceeded, $"a sandbox has at most {GuestLimits.Modules} modules");
        }
        if (bytes > GuestLimits.TotalPtxBytes - _ptxBytes)
        {
            throw new HostCallException(
                HostError.QuotaExceeded, $"the modules of a sandbox have at most {GuestLimits.TotalPtxBytes} bytes of PTX");
        }
    }

    private ModuleSlot AddModule(ReadOnlySpan<byte> ptx, bool check)
    {
        if (_context.CallSpan is { } span) _context.Trace!.Set(span, "ptx_bytes", (long)ptx.Length);
        var module = new ModuleSlot(RequireRegion().Load(ptx, ModeOf(check)), ptx.Length);
        module.Handle = _modules.Add(module);
        _ptxBytes += ptx.Length;
        return module;
    }
}
