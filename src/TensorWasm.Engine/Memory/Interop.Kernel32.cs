using System.Runtime.InteropServices;

namespace TensorWasm.Engine;

internal static partial class Interop
{
    /// <summary>Windows memory and thread calls, names verbatim.</summary>
    internal static unsafe partial class Kernel32
    {
        internal const uint MEM_COMMIT = 0x1000;
        internal const uint MEM_RESERVE = 0x2000;
        internal const uint MEM_DECOMMIT = 0x4000;
        internal const uint MEM_RELEASE = 0x8000;

        internal const uint PAGE_NOACCESS = 0x01;
        internal const uint PAGE_READWRITE = 0x04;

        [LibraryImport("kernel32", SetLastError = true)]
        internal static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

        [LibraryImport("kernel32", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        internal static partial bool VirtualFree(nint address, nuint size, uint type);

        [LibraryImport("kernel32")]
        internal static partial void GetCurrentThreadStackLimits(nuint* low, nuint* high);
    }
}
