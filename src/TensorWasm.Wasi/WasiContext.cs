using System.Net.Sockets;
using System.Text;
using TensorWasm.Engine;

namespace TensorWasm.Wasi;

/// <summary>
/// One guest's side of WASI: its descriptors, and what else a <see cref="WasiConfiguration"/> grants it. Make one
/// for each store. Dispose it when the guest is gone: its files close then. Dispose may come from any thread.
/// </summary>
public sealed partial class WasiContext : IDisposable
{
    private readonly WasiConfiguration _configuration;
    private readonly byte[][] _arguments;
    private readonly byte[][] _environment;
    private readonly GuestClock? _clock;
    private readonly DescriptorTable _descriptors;
    private readonly WaiterCache _waiters = new();
    private readonly PathResolver _resolver;

    /// <summary>Opens what the configuration grants.</summary>
    /// <exception cref="DirectoryNotFoundException">A granted folder does not exist, or is no folder.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not open a granted folder.</exception>
    /// <exception cref="IOException">A folder could not be opened for another reason.</exception>
    /// <exception cref="ArgumentException">More is granted than the limits let be open.</exception>
    public WasiContext(WasiConfiguration configuration)
        : this(configuration, null)
    {
    }

    internal WasiContext(WasiConfiguration configuration, PathResolver? resolver)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        int granted = 3 + configuration.Folders.Length + configuration.Sockets.Length;
        if (granted > configuration.Limits.MaxDescriptors)
        {
            throw new ArgumentException(
                $"{granted} descriptors are granted, but {nameof(WasiLimits.MaxDescriptors)} is " +
                $"{configuration.Limits.MaxDescriptors}.", nameof(configuration));
        }

        _configuration = configuration;
        _resolver = resolver ?? PathResolver.Default;
        _arguments = [.. configuration.Arguments.Select(ToCString)];
        _environment = [.. configuration.Environment.Select(static pair => ToCString($"{pair.Key}={pair.Value}"))];
        _clock = configuration.Clocks is null ? null
            : configuration.Clocks == TimeProvider.System && HostPlatform.IsSupported ? new SystemGuestClock()
            : new ProviderGuestClock(configuration.Clocks);
        _descriptors = new DescriptorTable(configuration.Limits.MaxDescriptors);
        try
        {
            _descriptors.TryAdd(StandardDescriptors.Open(configuration.Input, 0, _waiters), out _);
            _descriptors.TryAdd(StandardDescriptors.Open(configuration.Output, 1, _waiters), out _);
            _descriptors.TryAdd(StandardDescriptors.Open(configuration.Error, 2, _waiters), out _);
            foreach (WasiFolder folder in configuration.Folders)
                _descriptors.TryAdd(OpenFolder(folder), out _);
            foreach (Socket socket in configuration.Sockets)
                _descriptors.TryAdd(OpenSocket(socket), out _);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Offers <c>wasi_snapshot_preview1</c> and the older <c>wasi_unstable</c> to modules linked by this linker, all
    /// of which share this context. <see cref="WasiLinker.AddWasi"/> serves many stores with one linker.
    /// </summary>
    public void AddTo(Linker linker)
    {
        ArgumentNullException.ThrowIfNull(linker);
        WasiImports.AddTo(linker, _ => this);
    }

    /// <summary>Closes all of the guest's descriptors. Calls that are on their way finish or fail.</summary>
    public void Dispose()
    {
        foreach (Descriptor descriptor in _descriptors.Drain())
            descriptor.Close();
        _waiters.Dispose();
    }

    private static byte[] ToCString(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static DirectoryDescriptor OpenFolder(WasiFolder folder)
    {
        int number = Posix.OpenAt(
            LinuxConstants.AtFdCwd, ToCString(folder.HostPath),
            LinuxConstants.Directory | LinuxConstants.CloseOnExec, 0);
        if (number < 0)
        {
            Errno error = HostErrno.Translate(-number);
            string message = $"Cannot grant the folder '{folder.HostPath}' as '{folder.GuestPath}': ";
            throw error switch
            {
                Errno.NoEnt => new DirectoryNotFoundException(message + "it does not exist."),
                Errno.NotDir => new DirectoryNotFoundException(message + "it is no folder."),
                Errno.Acces or Errno.Perm => new UnauthorizedAccessException(message + "access is denied."),
                _ => new IOException(message + $"the host answers {error} ({-number})."),
            };
        }

        bool readOnly = folder.Access == FolderAccess.ReadOnly;
        Rights withheld = readOnly ? RightsSets.Mutating : Rights.None;
        return new DirectoryDescriptor(
            new HostHandle(number, owned: true), readOnly, RightsSets.Directory & ~withheld,
            RightsSets.DirectoryInheriting & ~withheld, Encoding.UTF8.GetBytes(folder.GuestPath));
    }

    private SocketDescriptor OpenSocket(Socket socket)
    {
        using HandleLease lease = new(socket.SafeHandle);
        if (Posix.GetSocketType(lease.Number, out FileType type) != Errno.Success)
            throw new IOException("A granted socket is closed.");
        bool listening = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection)! != 0;
        if (listening)
            socket.Blocking = false;
        Rights rights = listening
            ? RightsSets.Socket & ~(Rights.FdRead | Rights.FdWrite)
            : RightsSets.Socket & ~Rights.SockAccept;
        return new SocketDescriptor(
            socket.SafeHandle, owned: false, type, rights, listening ? RightsSets.Socket : Rights.None, _waiters);
    }

    /// <summary>The descriptor of a number, if it has all the rights that an operation needs.</summary>
    private Errno Find(uint number, Rights needed, out Descriptor descriptor)
    {
        if (!_descriptors.TryGet(number, out Descriptor? found))
        {
            descriptor = null!;
            return Errno.Badf;
        }

        descriptor = found;
        return (found.Rights & needed) == needed ? Errno.Success : Errno.NotCapable;
    }

    private Errno FindDirectory(uint number, Rights needed, out DirectoryDescriptor directory)
    {
        Errno error = Find(number, Rights.None, out Descriptor found);
        directory = (found as DirectoryDescriptor)!;
        return error != Errno.Success ? error
            : directory is null ? Errno.NotDir
            : (directory.Rights & needed) == needed ? Errno.Success
            : Errno.NotCapable;
    }

    private Errno FindSocket(uint number, Rights needed, out SocketDescriptor socket)
    {
        Errno error = Find(number, Rights.None, out Descriptor found);
        socket = (found as SocketDescriptor)!;
        return error != Errno.Success ? error
            : socket is null ? Errno.NotSock
            : (socket.Rights & needed) == needed ? Errno.Success
            : Errno.NotCapable;
    }
}
