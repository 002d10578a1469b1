namespace TensorWasm.Wasi;

/// <content>Sockets. None of these calls waits.</content>
internal static unsafe partial class Posix
{
    /// <summary>recvmsg(2), without waiting. <paramref name="truncated"/>: part of a datagram was dropped.</summary>
    public static Errno Receive(
        int descriptor, ReadOnlySpan<IoVector> vectors, bool peek, out uint count, out bool truncated)
    {
        fixed (IoVector* pointer = vectors)
        {
            MessageHeader message = new() { Vectors = pointer, VectorCount = (nuint)vectors.Length };
            int flags = LinuxConstants.MessageDontWait | (peek ? LinuxConstants.MessagePeek : 0);
            nint result;
            do
                result = Libc.recvmsg(descriptor, &message, flags);
            while (result < 0 && Interrupted);
            truncated = result >= 0 && (message.Flags & LinuxConstants.MessageTruncated) != 0;
            return Count(result, out count);
        }
    }

    /// <summary>sendmsg(2), without waiting.</summary>
    public static Errno Send(int descriptor, ReadOnlySpan<IoVector> vectors, out uint count)
    {
        fixed (IoVector* pointer = vectors)
        {
            MessageHeader message = new() { Vectors = pointer, VectorCount = (nuint)vectors.Length };
            nint result;
            do
            {
                result = Libc.sendmsg(
                    descriptor, &message, LinuxConstants.MessageDontWait | LinuxConstants.MessageNoSignal);
            }
            while (result < 0 && Interrupted);
            return Count(result, out count);
        }
    }

    /// <summary>accept4(2). The listener must be ready or non-blocking.</summary>
    public static Errno Accept(int descriptor, out int accepted)
    {
        do
            accepted = Libc.accept4(descriptor, null, null, LinuxConstants.NonBlock | LinuxConstants.CloseOnExec);
        while (accepted < 0 && Interrupted);
        return Check(accepted);
    }

    public static Errno Shutdown(int descriptor, ShutdownFlags how) =>
        Check(Libc.shutdown(descriptor, (int)how - 1));

    /// <summary>Whether the socket is a stream or datagram socket.</summary>
    public static Errno GetSocketType(int descriptor, out FileType type)
    {
        int value = 0;
        uint length = sizeof(int);
        Errno error = Check(Libc.getsockopt(
            descriptor, LinuxConstants.SocketLevel, LinuxConstants.SocketType, &value, &length));
        type = value == LinuxConstants.SocketStream ? FileType.SocketStream : FileType.SocketDgram;
        return error;
    }
}
