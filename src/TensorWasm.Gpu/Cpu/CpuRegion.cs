using System.Runtime.InteropServices;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu.Cpu;

/// <summary>
/// A region in the process's own memory. Linear memory is where the engine put it; pages of the heap become accessible
/// when buffers need them; nothing else is. A kernel that goes elsewhere in its slot faults, and is stopped.
/// </summary>
internal sealed unsafe class CpuRegion : Region
{
    private readonly nint _slot;

    internal CpuRegion(CpuDevice device, GpuTenant tenant, nint slot, int bits)
        : base(device, tenant, new RegionLayout((ulong)slot, bits))
    {
        _slot = slot;
        CpuDevice = device;
    }

    internal CpuDevice CpuDevice { get; }

    protected override long MappingBytes => 4096;

    protected override long StreamBytes => 4096;

    public override GpuEvent CreateEvent()
    {
        ThrowIfUnusable();
        return new CpuEvent(this);
    }

    protected override void MapCore()
    {
    }

    protected override bool TryMapLinear(ulong oldLength, ulong newLength) => true;

    protected override void UnmapLinear(ulong length)
    {
    }

    protected override void CommitHeap(ulong address, ulong bytes)
    {
        if (Libc.mprotect((nint)address, (nuint)bytes, Libc.PROT_READ | Libc.PROT_WRITE) != 0)
        {
            throw new GpuException(
                GpuErrorCode.OutOfMemory,
                $"{bytes} bytes of memory: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    protected override void DecommitHeap(ulong address, ulong bytes) => Close(address, bytes);

    protected override void CopyInCore(ulong address, ReadOnlySpan<byte> source) =>
        source.CopyTo(new Span<byte>((void*)address, source.Length));

    protected override void CopyOutCore(ulong address, Span<byte> destination) =>
        new ReadOnlySpan<byte>((void*)address, destination.Length).CopyTo(destination);

    protected override void FillCore(ulong address, ulong count, byte value) =>
        NativeMemory.Fill((void*)address, (nuint)count, value);

    protected override GpuStream CreateStreamCore() => new CpuStream(this);

    protected override void Close(bool wasMapped)
    {
        Close(Layout.HeapBase, Layout.HeapSize);
        CpuDevice.Options.AddressSpace.Return(_slot, Layout.Bits);
    }

    /// <summary>Gives pages back and leaves address space without access.</summary>
    private static void Close(ulong address, ulong bytes)
    {
        const int Flags = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE | Libc.MAP_FIXED;
        if (Libc.mmap((nint)address, (nuint)bytes, Libc.PROT_NONE, Flags, -1, 0) == -1)
        {
            // Out of mappings: the pages stay, but nothing of their contents.
            NativeMemory.Clear((void*)address, (nuint)bytes);
        }
    }
}
