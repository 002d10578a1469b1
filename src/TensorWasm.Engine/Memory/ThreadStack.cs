using System.Runtime.CompilerServices;
using static TensorWasm.Engine.Interop;

namespace TensorWasm.Engine;

/// <summary>
/// The stack of one thread: how far down guest frames may reach. .NET can't survive a stack overflow, so below that lies
/// <see cref="Reserve"/> for host functions and for the runtime's own handling of a fault.
/// </summary>
internal sealed unsafe class ThreadStack
{
    /// <summary>
    /// Bytes kept free below guest frames. A hardware fault that becomes an exception takes up to some 40 KiB on the
    /// faulting thread's own stack; the rest is for host functions.
    /// </summary>
    internal const int Reserve = 256 << 10;

    /// <summary>
    /// The most that is believed of a stack. The main thread's can be unlimited (RLIMIT_STACK), but what is mapped below
    /// it later would stop its growth.
    /// </summary>
    private const ulong LargestBelieved = 1UL << 30;

    /// <summary>
    /// The most that is believed of the main thread's stack on Linux. It grows on demand into a gap of at least 128 MiB
    /// that the kernel keeps free of other mappings.
    /// </summary>
    private const ulong LargestMainStack = 64UL << 20;

    [ThreadStatic]
    private static ThreadStack? _current;

    private ThreadStack()
    {
        var here = Here();
        if (TryGetBounds() is var (low, size) && here - low <= size)
        {
            IsKnown = true;
            var believed = IsMainThread ? LargestMainStack : LargestBelieved;
            low = (nuint)Math.Max(low, low + size - Math.Min(size, believed));
            Limit = low + Reserve;
        }
        else
        {
            // A system without a way to ask: as much as is left is taken for granted on any .NET thread.
            Limit = here - Reserve;
        }
    }

    /// <summary>The current thread's stack. One object a thread, so it also stands for the thread's identity.</summary>
    internal static ThreadStack Current => _current ??= new ThreadStack();

    /// <summary>Whether the system told the bounds; otherwise they are a cautious guess.</summary>
    internal bool IsKnown { get; }

    /// <summary>The lowest address that a guest's frame may reach.</summary>
    internal nuint Limit { get; }

    /// <summary>Bytes left to guests from the caller's frame on. Only for the thread itself.</summary>
    internal nuint Remaining
    {
        get
        {
            var here = Here();
            return here > Limit ? here - Limit : 0;
        }
    }

    private static bool IsMainThread => OperatingSystem.IsLinux() && Environment.CurrentManagedThreadId == 1;

    /// <summary>
    /// The limit for a guest that is to have some bytes from the caller's frame on; false if there are fewer. Only for the
    /// thread itself.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryGetLimit(int bytes, out nuint limit)
    {
        limit = Here() - (nuint)bytes;
        return (nint)limit >= (nint)Limit;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Here()
    {
        byte local;
        return (nuint)(&local);
    }

    private static (nuint Low, nuint Size)? TryGetBounds()
    {
        if (OperatingSystem.IsWindows())
        {
            nuint low, high;
            Kernel32.GetCurrentThreadStackLimits(&low, &high);
            return (low, high - low);
        }
        if (OperatingSystem.IsMacOS())
        {
            var thread = Libc.pthread_self();
            var size = Libc.pthread_get_stacksize_np(thread);
            return ((nuint)Libc.pthread_get_stackaddr_np(thread) - size, size);
        }
        return OperatingSystem.IsLinux() ? TryGetLinuxBounds() : null;
    }

    private static (nuint Low, nuint Size)? TryGetLinuxBounds()
    {
        // pthread_attr_t: 56 bytes with glibc and musl on 64-bit machines, 64 with glibc on Arm.
        const int Generous = 256;
        var attributes = stackalloc long[Generous / sizeof(long)];
        if (Libc.pthread_getattr_np(Libc.pthread_self(), attributes) != 0)
            return null;
        nint low = 0;
        nuint size = 0, guard = 0;
        var isKnown = Libc.pthread_attr_getstack(attributes, &low, &size) == 0
            && Libc.pthread_attr_getguardsize(attributes, &guard) == 0;
        _ = Libc.pthread_attr_destroy(attributes);

        // C libraries differ in whether the guard is counted in.
        return isKnown && size > guard ? ((nuint)low + guard, size - guard) : null;
    }
}
