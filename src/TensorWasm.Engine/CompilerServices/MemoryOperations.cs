using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>Memory instructions (specification, section 4.6.10). For compiled code only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class MemoryOperations
{
    /// <summary>The address of an access to a 64-bit memory, which no guard page bounds.</summary>
    /// <param name="index">The dynamic address.</param>
    /// <param name="offset">The static offset.</param>
    /// <param name="size">The bytes accessed.</param>
    /// <param name="memory">The memory's base, below which its length lies.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe nint Address64(ulong index, ulong offset, int size, nint memory)
    {
        var length = *(ulong*)(memory - 8);
        var end = offset + (ulong)size;
        if (end < offset || end > length || index > length - end) TrapThrow.MemoryOutOfBounds();
        return memory + (nint)index + (nint)offset;
    }

    /// <summary><c>memory.grow</c></summary>
    public static long Grow(ulong delta, Memory memory) => memory.Grow(delta);

    /// <summary><c>memory.fill</c>; a long one stops when the store is interrupted.</summary>
    public static void Fill(ulong start, ulong value, ulong count, Memory memory, InstanceContext context) =>
        memory.Linear.Fill(start, (byte)value, count, in context.IsInterrupted);

    /// <summary><c>memory.copy</c>; a long one stops when the store is interrupted.</summary>
    public static void Copy(
        ulong destination, ulong source, ulong count, Memory to, Memory from, InstanceContext context) =>
        LinearMemory.Copy(to.Linear, destination, from.Linear, source, count, in context.IsInterrupted);

    /// <summary><c>memory.init</c></summary>
    public static void Init(
        ulong destination, ulong source, ulong count, Memory memory, InstanceContext context, int segment) =>
        memory.Init(context.Instance.DataOf(segment).Span, destination, source, count);

    /// <summary><c>data.drop</c></summary>
    public static void DropData(InstanceContext context, int segment) => context.Instance.DropData(segment);
}
