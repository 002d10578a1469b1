using System.Buffers;

namespace TensorWasm.Wasi;

/// <summary>
/// Walks a path component by component for kernels without openat2. Each step opens one name with O_NOFOLLOW in a
/// directory it holds open; links are read and expanded here; <c>..</c> goes back to the directory it came from,
/// which need no longer be that directory's parent, and stops at the first.
/// </summary>
internal sealed class WalkingPathResolver : PathResolver
{
    // As many as the kernel follows (MAXSYMLINKS of path_resolution(7)).
    private const int MaxExpansions = 40;

    // Each level holds a descriptor of the host open, and those are everyone's.
    private const int MaxDepth = 256;

    // Attempts at a last component that changes between a link and something else.
    private const int MaxAttempts = 64;

    public override Errno Open(int directory, ReadOnlySpan<byte> path, int flags, uint mode, out int descriptor)
    {
        descriptor = -1;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(2 * GuestPath.BufferSize);
        Walk walk = new(directory, flags | LinuxConstants.CloseOnExec, mode, buffer);
        try
        {
            walk.Append(path[..^1]);
            Errno error;
            while (!walk.Step(out error))
            {
            }

            descriptor = error == Errno.Success ? walk.Result : -1;
            return error;
        }
        finally
        {
            walk.Close();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>One walk: the directories from the first to the present one, and the rest of the path.</summary>
    private sealed class Walk(int start, int flags, uint mode, byte[] buffer)
    {
        private readonly List<int> _directories = [start];
        private int _position = buffer.Length;
        private int _expansions;
        private int _attempts;

        /// <summary>What the walk opened.</summary>
        public int Result { get; private set; }

        private int Current => _directories[^1];

        /// <summary>Puts text in front of the rest of the path.</summary>
        public bool Append(ReadOnlySpan<byte> text)
        {
            if (text.Length > _position)
                return false;
            _position -= text.Length;
            text.CopyTo(buffer.AsSpan(_position));
            return true;
        }

        public void Close()
        {
            for (int i = 1; i < _directories.Count; i++)
                Posix.Close(_directories[i]);
        }

        /// <summary>Takes one component. True: the walk is over, with <paramref name="error"/>.</summary>
        public bool Step(out Errno error)
        {
            Span<byte> rest = buffer.AsSpan(_position);
            int length = rest.IndexOf((byte)'/');
            bool slash = length >= 0;
            length = slash ? length : rest.Length;
            Span<byte> name = stackalloc byte[256];
            if (length >= name.Length)
            {
                error = Errno.NameTooLong;
                return true;
            }

            rest[..length].CopyTo(name);
            name[length] = 0;
            name = name[..(length + 1)];
            int next = length;
            while (next < rest.Length && rest[next] == '/')
                next++;
            _position += next;
            bool last = next == rest.Length;
            if (length == 0 || name.SequenceEqual(".\0"u8))
                return Stay(last, out error);
            if (name.SequenceEqual("..\0"u8))
                return Up(last, out error);
            return last ? Last(name, slash, out error) : Down(name, out error);
        }

        private bool Stay(bool last, out Errno error)
        {
            error = Errno.Success;
            if (last && (flags & LinuxConstants.Create) != 0)
                error = Errno.IsDir;
            else if (last)
                Finish(".\0"u8, LinuxConstants.Directory, out error);
            return last;
        }

        private bool Up(bool last, out Errno error)
        {
            if (_directories.Count == 1)
            {
                error = Errno.NotCapable;
                return true;
            }

            Posix.Close(Current);
            _directories.RemoveAt(_directories.Count - 1);
            return Stay(last, out error);
        }

        private bool Down(ReadOnlySpan<byte> name, out Errno error)
        {
            if (!Probe(name, out int found, out FileType type, out error))
                return true;
            if (type == FileType.SymbolicLink)
                return !Expand(found, "/"u8, out error);
            error = type != FileType.Directory ? Errno.NotDir
                : _directories.Count == MaxDepth ? Errno.NameTooLong
                : Errno.Success;
            if (error != Errno.Success)
            {
                Posix.Close(found);
                return true;
            }

            _directories.Add(found);
            return false;
        }

        private bool Last(ReadOnlySpan<byte> name, bool slash, out Errno error)
        {
            if (slash && (flags & LinuxConstants.Create) != 0)
            {
                error = Errno.IsDir;
                return true;
            }

            const int CreateNew = LinuxConstants.Create | LinuxConstants.Exclusive;
            bool follow = slash ||
                ((flags & LinuxConstants.NoFollow) == 0 && (flags & CreateNew) != CreateNew);
            if (!follow)
            {
                Finish(name, 0, out error);
                return true;
            }

            int directory = slash ? LinuxConstants.Directory : 0;
            if (!Probe(name, out int found, out FileType type, out error))
            {
                if (error != Errno.NoEnt || (flags & LinuxConstants.Create) == 0)
                    return true;
                return FinishOrRetry(name, directory, out error);
            }

            if (type == FileType.SymbolicLink)
                return !Expand(found, slash ? "/"u8 : default, out error);
            if ((flags & LinuxConstants.PathOnly) != 0)
                return Take(found, type, slash, out error);
            Posix.Close(found);
            return FinishOrRetry(name, directory, out error);
        }

        /// <summary>Takes what was probed itself: opening the name again could find a link in its place.</summary>
        private bool Take(int found, FileType type, bool slash, out Errno error)
        {
            bool mustBeDirectory = slash || (flags & LinuxConstants.Directory) != 0;
            error = mustBeDirectory && type != FileType.Directory ? Errno.NotDir : Errno.Success;
            if (error == Errno.Success)
                Result = found;
            else
                Posix.Close(found);
            return true;
        }

        /// <summary>Opens the last component; where it has become a link since, starts it again.</summary>
        private bool FinishOrRetry(ReadOnlySpan<byte> name, int extraFlags, out Errno error)
        {
            Finish(name, extraFlags, out error);
            if (error != Errno.Loop || ++_attempts == MaxAttempts)
                return true;
            if (extraFlags != 0)
                Append("/"u8);
            return !Append(name[..^1]);
        }

        private void Finish(ReadOnlySpan<byte> name, int extraFlags, out Errno error)
        {
            int result = Posix.OpenAt(
                Current, name, flags | extraFlags | LinuxConstants.NoFollow, mode);
            Result = result;
            error = result < 0 ? HostErrno.Translate(-result) : Errno.Success;
        }

        private bool Probe(ReadOnlySpan<byte> name, out int found, out FileType type, out Errno error)
        {
            type = default;
            const int Flags = LinuxConstants.PathOnly | LinuxConstants.CloseOnExec;
            found = Posix.OpenAt(Current, name, Flags | LinuxConstants.NoFollow, 0);
            if (found < 0)
            {
                error = HostErrno.Translate(-found);
                return false;
            }

            error = Posix.GetStatus(found, out FileStatus status);
            type = status.Type;
            if (error != Errno.Success)
                Posix.Close(found);
            return error == Errno.Success;
        }

        /// <summary>Replaces a link, which it closes, by its target. False: the walk is over.</summary>
        private bool Expand(int link, ReadOnlySpan<byte> separator, out Errno error)
        {
            Span<byte> target = stackalloc byte[GuestPath.BufferSize];
            error = Posix.ReadLink(link, "\0"u8, target, out int length);
            Posix.Close(link);
            if (error != Errno.Success)
                return false;
            target = target[..length];
            error = ++_expansions > MaxExpansions ? Errno.Loop
                : target.IsEmpty ? Errno.NoEnt
                : target[0] == '/' ? Errno.NotCapable
                : Append(separator) && Append(target) ? Errno.Success
                : Errno.NameTooLong;
            return error == Errno.Success;
        }
    }
}
