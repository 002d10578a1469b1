using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static TensorWasm.Engine.Interop;

namespace TensorWasm.Engine;

/// <summary>
/// The initial content of a memory, built once a module. Large runs of data lie in a sealed file in memory
/// (memfd_create(2)) and are mapped privately, so that an instance pays for the pages it touches; small runs, and all of
/// them where there is no such file, are copied, which is as fast and saves two mappings an instance.
/// </summary>
internal sealed class MemoryImage : IDisposable
{
    /// <summary>
    /// Runs up to this size are copied: one page. Copying one costs the page fault that its first use would have cost
    /// anyway; from two on, mapping wins.
    /// </summary>
    internal const ulong CopyLimit = 4 << 10;

    /// <summary>Runs that are mapped, the largest first, so that mappings an instance stay few.</summary>
    internal const int MaxMappedRuns = 2;

    /// <summary>Data closer together than this belongs to one run.</summary>
    private const ulong MaxGap = 16 << 10;

    private readonly SafeFileHandle? _file;
    private readonly (ulong Offset, ulong Length, long FileOffset)[] _mapped;
    private readonly (ulong Offset, ReadOnlyMemory<byte> Bytes)[] _copied;

    private MemoryImage(
        SafeFileHandle? file,
        (ulong Offset, ulong Length, long FileOffset)[] mapped,
        (ulong Offset, ReadOnlyMemory<byte> Bytes)[] copied,
        ulong minimumLength)
    {
        _file = file;
        _mapped = mapped;
        _copied = copied;
        MinimumLength = minimumLength;
    }

    ~MemoryImage() => Retire();

    /// <summary>Bytes that a memory must have for the image to fit.</summary>
    internal ulong MinimumLength { get; }

    /// <summary>Whether any part is mapped, so that a region that has it is worth keeping for the next instance.</summary>
    internal bool IsMapped => _mapped.Length > 0;

    /// <summary>Clean regions that have this image mapped. Owned by <see cref="RegionPool"/>, under its lock.</summary>
    internal Stack<MemoryRegion> Regions { get; } = [];

    /// <summary>How <see cref="RegionPool"/> finds it without keeping it alive.</summary>
    internal WeakReference<MemoryImage> Weak => field ??= new WeakReference<MemoryImage>(this);

    /// <summary>No more regions are kept for it. Written under <see cref="RegionPool"/>'s lock.</summary>
    internal bool IsRetired { get; set; }

    /// <summary>Builds an image.</summary>
    /// <param name="segments">Where bytes go, in bytes from the start; later ones overwrite earlier ones.</param>
    internal static MemoryImage Create(IReadOnlyList<(ulong Offset, ReadOnlyMemory<byte> Bytes)> segments)
    {
        var runs = Run.Split(segments);
        var minimum = runs.Count == 0 ? 0 : runs.Max(run => run.DataEnd);
        if (OperatingSystem.IsLinux() && VirtualMemory.PageSize <= 64 << 10)
        {
            var chosen = runs
                .Where(run => run.Length > CopyLimit)
                .OrderByDescending(run => run.Length)
                .Take(MaxMappedRuns)
                .ToList();
            if (chosen.Count > 0 && TryCreateFile(chosen) is var (file, mapped) && file is not null)
            {
                var rest = runs.Except(chosen).SelectMany(run => run.Segments).ToArray();
                return new MemoryImage(file, mapped, rest, minimum);
            }
        }
        return new MemoryImage(null, [], [.. runs.SelectMany(run => run.Segments)], minimum);
    }

    /// <summary>Maps the mapped runs over a committed region that is at least as long as the image.</summary>
    internal bool TryMap(nint memory)
    {
        foreach (var (offset, length, fileOffset) in _mapped)
        {
            if (!VirtualMemory.TryMapCopyOnWrite(memory + (nint)offset, (nuint)length, _file!, fileOffset))
                return false;
        }
        return true;
    }

    /// <summary>Copies the other runs.</summary>
    internal unsafe void CopyTo(nint memory)
    {
        foreach (var (offset, bytes) in _copied)
            bytes.Span.CopyTo(new Span<byte>((byte*)memory + offset, bytes.Length));
    }

    /// <summary>
    /// Lets go of the file and of regions kept for the next instance. Live memories keep their mappings.
    /// </summary>
    public void Dispose()
    {
        Retire();
        GC.SuppressFinalize(this);
    }

    private void Retire()
    {
        if (IsMapped)
            RegionPool.Retire(this);
        _file?.Dispose();
    }

    private static (SafeFileHandle? File, (ulong, ulong, long)[] Mapped) TryCreateFile(List<Run> runs)
    {
        const uint Flags = Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING;
        var descriptor = Libc.memfd_create("tensorwasm-image", Flags | Libc.MFD_NOEXEC_SEAL);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() == Libc.EINVAL)
            descriptor = Libc.memfd_create("tensorwasm-image", Flags); // before Linux 6.3
        if (descriptor < 0)
            return default;

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            var mapped = new (ulong, ulong, long)[runs.Count];
            var end = 0L;
            for (var i = 0; i < runs.Count; i++)
            {
                mapped[i] = (runs[i].Start, runs[i].Length, end);
                foreach (var (offset, bytes) in runs[i].Segments)
                    RandomAccess.Write(file, bytes.Span, end + (long)(offset - runs[i].Start));
                end += (long)runs[i].Length;
            }

            // Whole pages, so that no access to the mapping can lie beyond the file's end (SIGBUS); sealed, so that
            // nothing can change that, or the content, later.
            RandomAccess.SetLength(file, end);
            const int Seals = Libc.F_SEAL_SEAL | Libc.F_SEAL_SHRINK | Libc.F_SEAL_GROW | Libc.F_SEAL_WRITE;
            if (Libc.fcntl(descriptor, Libc.F_ADD_SEALS, Seals) == 0)
                return (file, mapped);
        }
        catch (IOException)
        {
            // The memory of the file can't be had; copying needs none of it.
        }
        file.Dispose();
        return default;
    }

    /// <summary>Neighbouring segments and the pages they cover.</summary>
    private sealed class Run
    {
        internal ulong Start { get; private init; }

        internal ulong DataEnd { get; private set; }

        internal ulong Length => VirtualMemory.RoundUp(DataEnd) - Start;

        internal List<(ulong Offset, ReadOnlyMemory<byte> Bytes)> Segments { get; } = [];

        internal static List<Run> Split(IReadOnlyList<(ulong Offset, ReadOnlyMemory<byte> Bytes)> segments)
        {
            var runs = new List<Run>();

            // The sort is stable, but overlapping segments of one run need the module's order back.
            var order = new List<List<int>>();
            foreach (var i in Enumerable.Range(0, segments.Count).OrderBy(i => segments[i].Offset))
            {
                var (offset, bytes) = segments[i];
                if (bytes.IsEmpty)
                    continue;
                var end = checked(offset + (ulong)bytes.Length);
                if (runs.Count == 0 || offset > runs[^1].DataEnd && offset - runs[^1].DataEnd > MaxGap)
                {
                    runs.Add(new Run { Start = offset & ~((ulong)VirtualMemory.PageSize - 1), DataEnd = end });
                    order.Add([]);
                }
                runs[^1].DataEnd = Math.Max(runs[^1].DataEnd, end);
                order[^1].Add(i);
            }
            for (var r = 0; r < runs.Count; r++)
            {
                order[r].Sort();
                foreach (var i in order[r])
                    runs[r].Segments.Add(segments[i]);
            }
            return runs;
        }
    }
}
