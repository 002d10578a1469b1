using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace TensorWasm.Server.Bench.Load;

/// <summary>
/// One HTTP/1.1 connection that never blocks and has one request under way. It reads answers with a Content-Length, which
/// is what both servers send.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 << 10];
    private int _filled;
    private int _bodyStart;

    public HttpConnection(int port)
    {
        _socket.Connect(IPAddress.Loopback, port);
        _socket.Blocking = false;
    }

    public bool IsBusy { get; private set; }

    /// <summary>When the request that is under way was due, by the stopwatch.</summary>
    public long Due { get; private set; }

    public int Status { get; private set; }

    /// <summary>The answer's body, until the next request.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_bodyStart, _filled - _bodyStart);

    public void Send(ReadOnlySpan<byte> request, long due)
    {
        (IsBusy, Due, _filled) = (true, due, 0);
        if (_socket.Send(request) != request.Length) throw new IOException("the socket's buffer is full");
    }

    /// <summary>Whether the whole answer is there now.</summary>
    public bool TryReceive()
    {
        var count = _socket.Receive(_buffer.AsSpan(_filled), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock) return false;
        if (error != SocketError.Success || count == 0) throw new IOException($"the server closed the connection ({error})");
        _filled += count;
        var answer = _buffer.AsSpan(0, _filled);
        var headers = answer.IndexOf("\r\n\r\n"u8);
        if (headers < 0) return false;
        _bodyStart = headers + 4;
        if (Body.Length < ContentLength(answer[..headers])) return false;
        Status = int.Parse(answer.Slice("HTTP/1.1 ".Length, 3), null);
        IsBusy = false;
        return true;
    }

    public void Dispose() => _socket.Dispose();

    private static int ContentLength(ReadOnlySpan<byte> headers)
    {
        var name = "\r\nContent-Length: "u8;
        var start = headers.IndexOf(name);
        return start >= 0 && Utf8Parser.TryParse(headers[(start + name.Length)..], out int length, out _)
            ? length
            : throw new IOException("the answer has no Content-Length");
    }
}
