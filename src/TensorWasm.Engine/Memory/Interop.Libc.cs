using System.Runtime.InteropServices;

namespace TensorWasm.Engine;

internal static partial class Interop
{
    /// <summary>
    /// The C library, names verbatim. The runtime maps "libc" to the one it runs on (glibc, musl, libSystem).
    /// </summary>
    internal static unsafe partial class Libc
    {
        internal const int PROT_NONE = 0;
        internal const int PROT_READ = 1;
        internal const int PROT_WRITE = 2;
        internal const int PROT_EXEC = 4;

        internal const int MAP_PRIVATE = 0x02;
        internal const int MAP_FIXED = 0x10;

        internal const int MADV_DONTNEED = 4;

        internal const uint MFD_CLOEXEC = 1;
        internal const uint MFD_ALLOW_SEALING = 2;
        internal const uint MFD_NOEXEC_SEAL = 8;

        internal const int F_ADD_SEALS = 1033;
        internal const int F_SEAL_SEAL = 1;
        internal const int F_SEAL_SHRINK = 2;
        internal const int F_SEAL_GROW = 4;
        internal const int F_SEAL_WRITE = 8;

        internal const int SIGSEGV = 11;
        internal const int SA_SIGINFO = 4;

        /// <summary><c>CLOCK_THREAD_CPUTIME_ID</c>, which differs by system; 64-bit ones only.</summary>
        internal static int ThreadCpuClock { get; } = OperatingSystem.IsLinux() ? 3 : 16;

        internal const int ENOMEM = 12;
        internal const int EINVAL = 22;

        /// <summary><c>struct sigaction</c> of glibc and musl on x86-64: handler, mask, flags, restorer.</summary>
        [StructLayout(LayoutKind.Explicit, Size = 152)]
        internal struct SigAction
        {
            [FieldOffset(0)]
            internal nint Handler;

            [FieldOffset(136)]
            internal int Flags;
        }

        /// <summary><c>struct timespec</c> of 64-bit systems.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct TimeSpec
        {
            internal long Seconds;
            internal long Nanoseconds;
        }

        /// <summary>Private anonymous memory that is not accounted before it is touched; values differ by system.</summary>
        internal static int MAP_ANONYMOUS_NORESERVE { get; } = OperatingSystem.IsLinux() ? 0x20 | 0x4000 : 0x1000 | 0x40;

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint mmap(nint address, nuint length, int protection, int flags, int fd, long offset);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int munmap(nint address, nuint length);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int mprotect(nint address, nuint length, int protection);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int madvise(nint address, nuint length, int advice);

        [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int memfd_create(string name, uint flags);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int fcntl(int fd, int command, int argument);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int sigaction(int signal, SigAction* action, SigAction* previous);

        [LibraryImport("libc")]
        internal static partial int clock_gettime(int clock, TimeSpec* time);

        [LibraryImport("libc")]
        internal static partial nint pthread_self();

        [LibraryImport("libc")]
        internal static partial int pthread_getattr_np(nint thread, void* attributes);

        [LibraryImport("libc")]
        internal static partial int pthread_attr_getstack(void* attributes, nint* lowest, nuint* size);

        [LibraryImport("libc")]
        internal static partial int pthread_attr_getguardsize(void* attributes, nuint* size);

        [LibraryImport("libc")]
        internal static partial int pthread_attr_destroy(void* attributes);

        [LibraryImport("libc")]
        internal static partial nint pthread_get_stackaddr_np(nint thread);

        [LibraryImport("libc")]
        internal static partial nuint pthread_get_stacksize_np(nint thread);
    }
}
