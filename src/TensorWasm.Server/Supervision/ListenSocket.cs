using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TensorWasm.Server;

/// <summary>
/// The socket that a supervisor listens on, and its servers accept from, one after another. While there is none, or one
/// is starting, connections wait in its queue.
/// </summary>
internal static class ListenSocket
{
    /// <summary>Connections that wait at most: 512, as with Kestrel's own sockets.</summary>
    private const int Backlog = 512;

    private const int SetFlags = 2; // F_SETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC

    /// <summary>Opens it, for processes that are started from now on, too.</summary>
    /// <exception cref="IOException">The address can't be had.</exception>
    internal static Socket Open(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(address);
            socket.Listen(Backlog);
            SetInherited((int)socket.Handle, isInherited: true);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw Refused(address, e);
        }
    }

    /// <summary>
    /// Takes over the socket that the supervisor has opened. It must never be disposed: closing would end listening for
    /// all processes that have it (.NET disconnects sockets that somebody waits for).
    /// </summary>
    /// <exception cref="IOException">The number is none of a socket.</exception>
    internal static Socket TakeOver(int descriptor)
    {
        try
        {
            var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: false));
            // Not for the programs that this server starts.
            SetInherited(descriptor, isInherited: false);
            return socket;
        }
        catch (SocketException e)
        {
            throw new IOException($"the supervisor's socket {descriptor} can't be used: {e.Message}", e);
        }
    }

    /// <summary>Why an address can't be listened on, and what to do.</summary>
    internal static IOException Refused(IPEndPoint address, SocketException reason) => new(
        $"listen: can't listen on {address}: {reason.Message}. " + reason.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "Stop the program that has it, or take another port; port 0 takes a free one.",
            SocketError.AddressNotAvailable => "It is none of this machine's addresses.",
            SocketError.AccessDenied => "Ports below 1024 are often reserved for root; take a higher one.",
            _ => "Take another address.",
        },
        reason);

    private static void SetInherited(int descriptor, bool isInherited)
    {
        if (fcntl(descriptor, SetFlags, isInherited ? 0 : CloseOnExec) != 0)
        {
            throw new IOException($"the flags of socket {descriptor} can't be set: error {Marshal.GetLastPInvokeError()}");
        }
    }

#pragma warning disable SYSLIB1054 // Generated imports would need unsafe code, which this room does without.
    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fcntl(int descriptor, int command, int argument);
#pragma warning restore SYSLIB1054
}
