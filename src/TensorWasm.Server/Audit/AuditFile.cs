using System.Globalization;

namespace TensorWasm.Server;

/// <summary>
/// The audit log as a file. A file that has grown to its bound is renamed, with the number of its last record behind
/// its name, and the chain goes on in a new one. One process at a time has it.
/// </summary>
internal sealed class AuditFile : IAuditSink
{
    private readonly string _path;
    private readonly long _maxBytes;
    private readonly FileStream _lock;
    private FileStream _file;
    private bool _isDamaged;
    private long _goodBytes;

    /// <summary>Opens a log, or begins one.</summary>
    /// <exception cref="IOException">It can't be opened, another process has it, or its end is no audit record.</exception>
    internal AuditFile(string path, long maxBytes)
    {
        (_path, _maxBytes) = (Path.GetFullPath(path), maxBytes);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _lock = Lock(_path);
        try
        {
            _file = Open(_path);
            RecoveredBytes = CutTornLine(_file);
            Head = _file.Length > 0 ? ReadHead(_file, _path) : HeadOfRotated();
        }
        catch
        {
            _file?.Dispose();
            _lock.Dispose();
            throw;
        }
    }

    public AuditHead Head { get; private set; }

    public long RecoveredBytes { get; }

    /// <summary>A log's files, oldest first; the last one is the one that grows.</summary>
    internal static IReadOnlyList<string> FilesOf(string path)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder)) return [];
        var rotated = Directory.EnumerateFiles(folder, Path.GetFileName(full) + ".*")
            .Select(file => (file, IsNumber: long.TryParse(
                Path.GetExtension(file).AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var last), last))
            .Where(row => row.IsNumber)
            .OrderBy(row => row.last)
            .Select(row => row.file);
        return [.. rotated, .. File.Exists(full) ? [full] : Array.Empty<string>()];
    }

    public void Write(ReadOnlySpan<byte> lines, bool durable, AuditHead head)
    {
        if (_isDamaged) Repair();
        if (_file.Length > 0 && _file.Length + lines.Length > _maxBytes) Rotate();
        var start = _file.Length;
        try
        {
            _file.Write(lines);
            _file.Flush(durable);
            Head = head;
        }
        catch
        {
            _isDamaged = true;
            _goodBytes = start;
            throw;
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    // What an earlier failure left half written.
    private void Repair()
    {
        _file.SetLength(_goodBytes);
        _file.Seek(0, SeekOrigin.End);
        _isDamaged = false;
    }

    private void Rotate()
    {
        _file.Flush(flushToDisk: true);
        var next = $"{_path}.{Head.Sequence:D12}";
        File.Move(_path, next, overwrite: false);
        FileStream opened;
        try
        {
            opened = Open(_path);
        }
        catch
        {
            File.Move(next, _path, overwrite: false);
            throw;
        }
        _file.Dispose();
        _file = opened;
    }

    // A file of its own, since the log itself may be read by others while it is written.
    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"another process writes the audit log {path}", e);
        }
    }

    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        }
        var file = new FileStream(path, options);
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    private static long CutTornLine(FileStream file)
    {
        var length = file.Length;
        if (length == 0) return 0;
        var tail = ReadTail(file);
        if (tail[^1] == (byte)'\n') return 0;
        var lineFeed = tail.AsSpan().LastIndexOf((byte)'\n');
        if (lineFeed < 0 && tail.Length < length) throw new IOException("the audit log ends with a line that is too long");
        var torn = tail.Length - (lineFeed + 1);
        file.SetLength(length - torn);
        file.Seek(0, SeekOrigin.End);
        return torn;
    }

    private AuditHead HeadOfRotated()
    {
        var files = FilesOf(_path);
        if (files.Count < 2) return AuditHead.Empty;
        using var last = new FileStream(files[^2], FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return ReadHead(last, files[^2]);
    }

    private static AuditHead ReadHead(FileStream file, string path)
    {
        var tail = ReadTail(file);
        var start = tail.AsSpan(0, tail.Length - 1).LastIndexOf((byte)'\n') + 1;
        var sequence = 0L;
        var hash = new byte[AuditFormat.HashBytes];
        var problem = AuditFormat.Check(tail.AsSpan(start), ref sequence, [], hash, []);
        return problem is null
            ? new AuditHead(sequence, hash)
            : throw new IOException($"the last line of {path} is no audit record: {problem}");
    }

    private static byte[] ReadTail(FileStream file)
    {
        var tail = new byte[Math.Min(file.Length, 2 * AuditFormat.MaxLineBytes)];
        file.Seek(-tail.Length, SeekOrigin.End);
        file.ReadExactly(tail);
        file.Seek(0, SeekOrigin.End);
        return tail;
    }
}
