using System.Runtime.InteropServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>
/// A linear memory (specification, section 4.2.9). Host code reads and writes through the methods here, which check
/// bounds and keep the memory alive meanwhile; spans over it exist only inside <see cref="Access"/> and inside host
/// functions (<see cref="Caller.GetSpan"/>), so that none can outlive it.
/// </summary>
public sealed class Memory : IExternal
{
    /// <summary>A use of a span of memory.</summary>
    /// <param name="span">The bytes; valid until the method returns.</param>
    public delegate void SpanAction(Span<byte> span);

    /// <summary>A memory of a host, to be imported by instances of one store.</summary>
    /// <exception cref="LimitExceededException">The store doesn't allow its minimum, or the machine lacks it.</exception>
    public Memory(Store store, MemoryType type)
        : this(store, type, null)
    {
    }

    internal Memory(Store store, MemoryType type, MemoryImage? image)
    {
        Type = type;
        Store = store;
        var allowed = store.Limits.MaxMemoryBytes / MemoryType.PageSize;
        if (type.Limits.Minimum > allowed)
        {
            throw new LimitExceededException(
                $"the memory needs {type.Limits.Minimum} pages, but this store allows {allowed} (StoreLimits.MaxMemoryBytes)");
        }
        var maximum = Math.Min(type.Limits.Maximum ?? ulong.MaxValue, allowed);
        if (!type.Limits.Is64) maximum = Math.Min(maximum, WasmLimits.MaxMemory32Pages);
        Linear = LinearMemory.Create(
            type.Limits.Minimum,
            maximum,
            type.Limits.Is64,
            store.Engine.UsesGuardPages && !type.Limits.Is64,
            image,
            type.Limits.Is64 ? null : store.TakePlacement());
        IsPlaced = Linear.IsPlaced;
        store.Adopt(this);
    }

    /// <inheritdoc/>
    public ExternalKind Kind => ExternalKind.Memory;

    /// <summary>Its type as it was declared; <see cref="PageCount"/> has the present size.</summary>
    public MemoryType Type { get; }

    /// <summary>Whether it lies where the store's <see cref="MemoryPlacement"/> says.</summary>
    public bool IsPlaced { get; }

    /// <summary>The size in bytes.</summary>
    public ulong ByteLength => Linear.ByteLength;

    /// <summary>The size in pages of 64 KiB.</summary>
    public ulong PageCount => Linear.ByteLength / MemoryType.PageSize;

    internal Store Store { get; }

    internal LinearMemory Linear { get; }

    /// <summary>Grows the memory.</summary>
    /// <param name="pages">By how many pages of 64 KiB.</param>
    /// <returns>The size in pages before, or -1 when it can't grow by so much.</returns>
    public long Grow(ulong pages) => Linear.Grow(pages);

    /// <summary>Runs an action on a range of the memory, in place.</summary>
    /// <exception cref="TrapException">The range is out of bounds.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    public void Access(ulong address, int length, SpanAction action)
    {
        using var hold = new Hold(Linear);
        action(GetSpan(address, length));
    }

    /// <summary>Copies bytes out of the memory.</summary>
    /// <exception cref="TrapException">The range is out of bounds.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    public void Read(ulong address, Span<byte> destination)
    {
        using var hold = new Hold(Linear);
        GetSpan(address, destination.Length).CopyTo(destination);
    }

    /// <summary>Copies bytes into the memory.</summary>
    /// <exception cref="TrapException">The range is out of bounds.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    public void Write(ulong address, ReadOnlySpan<byte> source)
    {
        using var hold = new Hold(Linear);
        source.CopyTo(GetSpan(address, source.Length));
    }

    /// <summary>Reads a number or a structure of numbers, in the machine's byte order, which is little-endian.</summary>
    /// <exception cref="TrapException">The range is out of bounds.</exception>
    public T Read<T>(ulong address)
        where T : unmanaged
    {
        T value = default;
        Read(address, MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <summary>Writes a number or a structure of numbers.</summary>
    /// <exception cref="TrapException">The range is out of bounds.</exception>
    public void Write<T>(ulong address, T value)
        where T : unmanaged => Write(address, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(ref value)));

    /// <summary>The bytes of a range; the caller keeps the memory alive while it uses them.</summary>
    internal Span<byte> GetSpan(ulong address, int length) =>
        TryGetSpan(address, length, out var span) ? span : throw new TrapException(TrapCode.MemoryOutOfBounds);

    internal unsafe bool TryGetSpan(ulong address, int length, out Span<byte> span)
    {
        if (length < 0 || !Linear.Contains(address, (ulong)length))
        {
            span = default;
            return false;
        }

        // In bounds of what is committed, which never shrinks while a guest or this object can use it.
        span = new Span<byte>((byte*)Linear.Base + address, length);
        return true;
    }

    internal void Init(ReadOnlySpan<byte> data, ulong destination, ulong source, ulong count)
    {
        if (source > (ulong)data.Length || count > (ulong)data.Length - source)
        {
            throw new TrapException(TrapCode.MemoryOutOfBounds);
        }
        Linear.Init(destination, data.Slice((int)source, (int)count));
    }

    /// <summary>Keeps the memory where it is, even when another thread disposes the store meanwhile.</summary>
    private readonly ref struct Hold
    {
        private readonly LinearMemory _memory;

        internal Hold(LinearMemory memory)
        {
            // It throws where the memory is gone, and then there is nothing to release.
            var isHeld = false;
            memory.DangerousAddRef(ref isHeld);
            _memory = memory;
        }

        public void Dispose() => _memory.DangerousRelease();
    }
}
