using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace TensorWasm.Gpu;

internal static partial class Interop
{
    /// <summary>The C library of Linux, names verbatim: mmap(2), munmap(2), mprotect(2), nanosleep(2), _exit(2).</summary>
    internal static unsafe partial class Libc
    {
        internal const int PROT_NONE = 0;
        internal const int PROT_READ = 1;
        internal const int PROT_WRITE = 2;
        internal const int MAP_PRIVATE = 0x02;
        internal const int MAP_FIXED = 0x10;
        internal const int MAP_ANONYMOUS = 0x20;
        internal const int MAP_NORESERVE = 0x4000;
        internal const int MAP_FIXED_NOREPLACE = 0x100000;

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint mmap(nint address, nuint length, int protection, int flags, int fd, long offset);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int munmap(nint address, nuint length);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int mprotect(nint address, nuint length, int protection);

        [LibraryImport("libc")]
        internal static partial int nanosleep(TimeSpec* duration, TimeSpec* rest);

        [LibraryImport("libc", EntryPoint = "_exit")]
        internal static partial void _exit(int status);

        /// <summary><c>struct timespec</c> on 64-bit systems.</summary>
        internal struct TimeSpec
        {
            internal long Seconds;
            internal long Nanoseconds;
        }
    }
}
