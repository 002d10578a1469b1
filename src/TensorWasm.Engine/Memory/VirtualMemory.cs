using System.Runtime.InteropServices;
using static TensorWasm.Engine.Interop;

namespace TensorWasm.Engine;

/// <summary>
/// Address space of this process: reserve, commit, take back. Failing calls return false or 0 and leave the reason to
/// <see cref="DescribeLastError"/>; addresses and sizes are multiples of <see cref="PageSize"/>.
/// </summary>
internal static class VirtualMemory
{
    /// <summary>Bytes of a page of the host.</summary>
    internal static readonly nuint PageSize = (nuint)Environment.SystemPageSize;

    /// <summary>Rounds up to whole pages of the host.</summary>
    internal static ulong RoundUp(ulong bytes) => (bytes + PageSize - 1) & ~((ulong)PageSize - 1);

    /// <summary>Address space without memory behind it, no access. 0 when there is not enough.</summary>
    internal static nint TryReserve(nuint bytes)
    {
        if (OperatingSystem.IsWindows())
            return Kernel32.VirtualAlloc(0, bytes, Kernel32.MEM_RESERVE, Kernel32.PAGE_NOACCESS);

        var flags = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS_NORESERVE;
        var address = Libc.mmap(0, bytes, Libc.PROT_NONE, flags, -1, 0);
        return address == -1 ? 0 : address;
    }

    /// <summary>Gives a whole reservation back.</summary>
    internal static bool TryRelease(nint address, nuint bytes) =>
        OperatingSystem.IsWindows()
            ? Kernel32.VirtualFree(address, 0, Kernel32.MEM_RELEASE)
            : Libc.munmap(address, bytes) == 0;

    /// <summary>Makes reserved pages readable and writable. Pages that were not committed read as zero.</summary>
    internal static bool TryCommit(nint address, nuint bytes)
    {
        if (bytes == 0)
            return true;
        if (OperatingSystem.IsWindows())
            return Kernel32.VirtualAlloc(address, bytes, Kernel32.MEM_COMMIT, Kernel32.PAGE_READWRITE) != 0;
        return Libc.mprotect(address, bytes, Libc.PROT_READ | Libc.PROT_WRITE) == 0;
    }

    /// <summary>
    /// Forgets the contents of committed pages, which stay committed: anonymous pages read as zero, pages of a private
    /// file mapping as the file. Costs what was touched.
    /// </summary>
    internal static bool TryDiscard(nint address, nuint bytes)
    {
        if (bytes == 0)
            return true;
        if (OperatingSystem.IsWindows())
            return Kernel32.VirtualFree(address, bytes, Kernel32.MEM_DECOMMIT) && TryCommit(address, bytes);

        // Only Linux promises that MADV_DONTNEED drops the contents; elsewhere it is a hint.
        return OperatingSystem.IsLinux()
            ? Libc.madvise(address, bytes, Libc.MADV_DONTNEED) == 0
            : TryMapAnonymous(address, bytes, Libc.PROT_READ | Libc.PROT_WRITE);
    }

    /// <summary>
    /// Takes access away from pages whose contents <see cref="TryDiscard"/> has just dropped. On Linux they keep their
    /// mapping, so that committing them again is one cheap call.
    /// </summary>
    internal static bool TryProtect(nint address, nuint bytes)
    {
        if (bytes == 0)
            return true;
        if (OperatingSystem.IsWindows())
            return Kernel32.VirtualFree(address, bytes, Kernel32.MEM_DECOMMIT);
        return Libc.mprotect(address, bytes, Libc.PROT_NONE) == 0;
    }

    /// <summary>Replaces whatever is mapped by untouched reserved address space, as after <see cref="TryReserve"/>.</summary>
    internal static bool TryUncommit(nint address, nuint bytes)
    {
        if (bytes == 0)
            return true;
        return OperatingSystem.IsWindows()
            ? Kernel32.VirtualFree(address, bytes, Kernel32.MEM_DECOMMIT)
            : TryMapAnonymous(address, bytes, Libc.PROT_NONE);
    }

    /// <summary>Maps part of a file over reserved pages, readable, writable, copied on write.</summary>
    internal static bool TryMapCopyOnWrite(nint address, nuint bytes, SafeHandle file, long offset)
    {
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            var mapped = Libc.mmap(
                address,
                bytes,
                Libc.PROT_READ | Libc.PROT_WRITE,
                Libc.MAP_PRIVATE | Libc.MAP_FIXED,
                (int)file.DangerousGetHandle(),
                offset);
            return mapped == address;
        }
        finally
        {
            if (held)
                file.DangerousRelease();
        }
    }

    /// <summary>The last failure of this thread's call: number, text, and what the operator can do about it.</summary>
    internal static string DescribeLastError()
    {
        var error = Marshal.GetLastPInvokeError();
        var text = $"{Marshal.GetPInvokeErrorMessage(error)} (error {error})";
        if (!OperatingSystem.IsLinux() || error != Libc.ENOMEM)
            return text;

        var (used, allowed) = LinuxMappings.Count();
        if (used >= allowed - 16)
            return $"{text}: the process uses {used} of {allowed} mappings; raise the sysctl vm.max_map_count";
        return $"{text}: out of memory or address space; look at the machine's free memory, vm.overcommit_memory, the "
            + "control group's limit and `ulimit -v`";
    }

    private static bool TryMapAnonymous(nint address, nuint bytes, int protection)
    {
        var flags = Libc.MAP_PRIVATE | Libc.MAP_FIXED | Libc.MAP_ANONYMOUS_NORESERVE;
        return Libc.mmap(address, bytes, protection, flags, -1, 0) == address;
    }
}
