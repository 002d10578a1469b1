using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>
/// <c>wasi:cuda/host</c>, TensorWasm's interface: load PTX, launch and wait, the last error. Names, types, codes and
/// limits are its own; 0.1.0 and 0.2.0 have the same functions. Addresses and lengths that TensorWasm has as signed are
/// unsigned here, where a negative length is just too long.
/// </summary>
internal sealed class CudaImports(
    string version, Linker linker, Func<Store, HostContext> find, Func<string, string, bool> isWanted)
    : HostImports($"{ModulePrefix}{version}", linker, find, isWanted)
{
    internal const string ModulePrefix = "wasi:cuda/host@";

    /// <summary>The versions that guests were built against.</summary>
    internal static readonly string[] Versions = ["0.1.0", "0.2.0"];

    internal override void Define()
    {
        Define("wasi_cuda_load_ptx", (Caller caller, uint ptx, uint length, uint entry, uint entryLength) =>
            Run(caller, (ptx, length, entry, entryLength), static (guest, caller, a) =>
                Load(guest, caller, a.ptx, a.length, a.entry, a.entryLength), LoadSpan));
        Define("wasi_cuda_launch", (
            Caller caller,
            long kernel,
            int gridX,
            int gridY,
            int gridZ,
            int blockX,
            int blockY,
            int blockZ,
            int shared,
            uint arguments,
            uint length) =>
            (int)Run(
                caller,
                (kernel, new Shape(gridX, gridY, gridZ, blockX, blockY, blockZ, shared), arguments, length),
                static (guest, caller, a) => Launch(guest, caller, a.kernel, a.Item2, a.arguments, a.length),
                LaunchSpan));
        Define("wasi_cuda_sync", (Caller caller) => (int)Run(caller, 0, static (guest, caller, _) =>
        {
            guest.WaitForAll(caller.Store.Interrupted);
            return 0;
        }, WaitSpan));
        Define("wasi_cuda_last_error_len", (Caller caller) => (int)Run(
            caller, 0, static (guest, _, _) => guest.LastErrorBytes.Length));
        Define("wasi_cuda_last_error_copy", (Caller caller, uint destination, int length) => (int)Run(
            caller, (destination, length), static (guest, caller, a) =>
                CopyLastError(guest, caller, a.destination, a.length)));
    }

    protected override HostError Code(HostError error) => HostErrors.ForCuda(error);

    private long Run<TState>(Caller caller, TState state, Body<TState> body, string? span = null) =>
        Run(caller, HostCapabilities.Cuda, state, body, span);

    private static long Load(GpuGuest guest, Caller caller, uint ptx, uint length, uint entry, uint entryLength)
    {
        if (length is > GuestLimits.PtxBytes and <= int.MaxValue)
        {
            throw new HostCallException(
                HostError.QuotaExceeded, $"PTX of {length} bytes is more than the {GuestLimits.PtxBytes} of one module");
        }
        if (entryLength > GuestLimits.EntryBytes)
        {
            throw new HostCallException(
                HostError.QuotaExceeded, $"an entry point's name has at most {GuestLimits.EntryBytes} bytes");
        }
        var text = GuestWindow.Get(caller, ptx, length);
        var name = GuestWindow.Get(caller, entry, entryLength);
        _ = GpuGuest.DecodeName(name);
        var module = guest.LoadModule(text, check: false);
        try
        {
            return guest.FindKernel(module, name);
        }
        catch
        {
            guest.Unload(module);
            throw;
        }
    }

    private static long Launch(GpuGuest guest, Caller caller, long kernel, Shape shape, uint arguments, uint length)
    {
        var launch = shape.Check();
        var records = GpuGuest.ArgumentWindow(caller, arguments, length);
        var slot = guest.GetCudaKernel(kernel);
        var stream = guest.DefaultStream;
        if (stream.Stream.IsRecording)
        {
            throw new HostCallException(
                HostError.LaunchFailed, "the default stream records a graph; end it before launching with wasi:cuda");
        }
        guest.Launch(caller, stream, slot.Kernel, launch, records, allowsBuffers: false);
        stream.Stream.Wait(caller.Store.Interrupted);
        return 0;
    }

    private static long CopyLastError(GpuGuest guest, Caller caller, uint destination, int length)
    {
        if (length < 0)
        {
            throw new HostCallException(HostError.InvalidPointer, "the length is negative");
        }
        var text = guest.LastErrorBytes;
        var count = Math.Min(text.Length, length);
        text[..count].CopyTo(GuestWindow.Get(caller, destination, (uint)count));
        return count;
    }

    /// <summary>A launch's dimensions as they come.</summary>
    private readonly record struct Shape(
        int GridX, int GridY, int GridZ, int BlockX, int BlockY, int BlockZ, int Shared)
    {
        /// <summary>TensorWasm's own limits; the device's and the kernel's are checked with the launch.</summary>
        internal LaunchShape Check()
        {
            const int MaxThreads = 1024;

            if (GridX <= 0 || GridY <= 0 || GridZ <= 0 || BlockX <= 0 || BlockY <= 0 || BlockZ <= 0 || Shared < 0)
            {
                throw new HostCallException(
                    HostError.InvalidDimensions,
                    $"grid ({GridX}, {GridY}, {GridZ}), block ({BlockX}, {BlockY}, {BlockZ}) and {Shared} bytes of shared "
                    + "memory: extents must be positive, and shared memory not negative");
            }
            if (BlockX > MaxThreads || BlockY > MaxThreads || BlockZ > MaxThreads
                || (long)BlockX * BlockY * BlockZ > MaxThreads)
            {
                throw new HostCallException(
                    HostError.InvalidDimensions,
                    $"block ({BlockX}, {BlockY}, {BlockZ}) has more than {MaxThreads} threads");
            }
            return new LaunchShape(
                new Dim3((uint)GridX, (uint)GridY, (uint)GridZ),
                new Dim3((uint)BlockX, (uint)BlockY, (uint)BlockZ),
                Shared);
        }
    }
}
