using TensorWasm.Engine;

namespace TensorWasm.Host;

/// <summary>
/// <c>tensorwasm:gpu/host</c>, our own interface: Wit/tensorwasm-gpu.wit describes it, docs/gpu-interface.md is made from
/// that.
/// </summary>
internal sealed partial class GpuImports(
    Linker linker, Func<Store, HostContext> find, Func<string, string, bool> isWanted)
    : HostImports(ModuleName, linker, find, isWanted)
{
    internal const string ModuleName = "tensorwasm:gpu/host@0.1.0";

    /// <summary>Load option: report accesses out of bounds. The others do not exist.</summary>
    private const uint CheckOption = 1;

    internal override void Define()
    {
        DefineDevices();
        DefineBuffers();
        DefineModules();
        DefineStreams();
        DefineEvents();
        DefineGraphs();
    }

    protected override HostError Code(HostError error) => error;

    private long Run<TState>(Caller caller, TState state, Body<TState> body, string? span = null) =>
        Run(caller, HostCapabilities.Gpu, state, body, span);

    /// <summary>Copies text as far as there is room.</summary>
    /// <returns>Its whole length in bytes.</returns>
    private static int CopyText(Caller caller, ReadOnlySpan<byte> text, uint destination, uint length)
    {
        var count = (int)Math.Min((uint)text.Length, length);
        text[..count].CopyTo(GuestWindow.Get(caller, destination, (uint)count));
        return text.Length;
    }

    private void DefineBuffers()
    {
        Define("buffer-alloc", (Caller caller, ulong bytes) => (int)Run(
            caller, bytes, static (guest, _, bytes) => guest.AllocateBuffer(bytes)));
        Define("buffer-free", (Caller caller, uint buffer) => (int)Run(caller, buffer, static (guest, _, buffer) =>
        {
            guest.FreeBuffer(buffer);
            return 0;
        }));
        Define("buffer-write", (Caller caller, uint buffer, ulong offset, uint source, uint length) => (int)Run(
            caller, (buffer, offset, source, length), static (guest, caller, a) =>
            {
                guest.WriteBuffer(caller, a.buffer, a.offset, a.source, a.length);
                return 0;
            }));
        Define("buffer-read", (Caller caller, uint buffer, ulong offset, uint destination, uint length) => (int)Run(
            caller, (buffer, offset, destination, length), static (guest, caller, a) =>
            {
                guest.ReadBuffer(caller, a.buffer, a.offset, a.destination, a.length);
                return 0;
            }));
        Define("buffer-fill", (Caller caller, uint buffer, ulong offset, ulong length, uint value) => (int)Run(
            caller, (buffer, offset, length, value), static (guest, _, a) =>
            {
                guest.FillBuffer(a.buffer, a.offset, a.length, (byte)a.value);
                return 0;
            }));
    }

    private void DefineModules()
    {
        Define("module-load", (Caller caller, uint ptx, uint length, uint options) => (int)Run(
            caller, (ptx, length, options), static (guest, caller, a) =>
            {
                if (a.length is > GuestLimits.PtxBytes and <= int.MaxValue)
                {
                    throw new HostCallException(
                        HostError.QuotaExceeded, $"PTX of {a.length} bytes is more than one module may have");
                }
                return guest.LoadModule(GuestWindow.Get(caller, a.ptx, a.length), IsCheck(a.options)).Handle;
            }, LoadSpan));
        Define("module-load-registered", (Caller caller, uint name, uint length, uint options) => (int)Run(
            caller, (name, length, options), static (guest, caller, a) =>
            {
                var window = GuestWindow.Get(caller, a.name, a.length);
                if (window.Length > FolderKernelRegistry.MaxNameLength)
                {
                    throw new HostCallException(HostError.InvalidKernel, "the registry has no name as long as that");
                }
                return guest.LoadRegistered(GpuGuest.DecodeName(window), IsCheck(a.options)).Handle;
            }, LoadSpan));
        Define("module-kernel", (Caller caller, uint module, uint name, uint length) => (int)Run(
            caller, (module, name, length), static (guest, caller, a) =>
                guest.FindKernel(guest.GetModule(a.module), GuestWindow.Get(caller, a.name, a.length))));
        Define("module-unload", (Caller caller, uint module) => (int)Run(caller, module, static (guest, _, module) =>
        {
            guest.Unload(guest.GetModule(module));
            return 0;
        }));
        Define("kernel-unload", (Caller caller, uint kernel) => (int)Run(caller, kernel, static (guest, _, kernel) =>
        {
            guest.Unload(guest.GetKernel(kernel).Module);
            return 0;
        }));
        Define("kernel-query", (Caller caller, uint kernel, uint property) => Run(
            caller, (kernel, property), static (guest, _, a) =>
                KernelProperties.Get(guest.GetKernel(a.kernel).Kernel.Kernel, a.property)));
    }

    private static bool IsCheck(uint options) => (options & ~CheckOption) == 0
        ? (options & CheckOption) != 0
        : throw new HostCallException(HostError.InvalidArguments, $"there are no load options 0x{options:x}");
}
