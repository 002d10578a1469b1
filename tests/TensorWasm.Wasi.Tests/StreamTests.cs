// The guest under test blocks a thread of its own; the test thread watches it.
#pragma warning disable xUnit1031
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TensorWasm.Wasi.Tests.Support;

namespace TensorWasm.Wasi.Tests;

/// <summary>Standard streams, pipes and sockets.</summary>
public sealed class StreamTests
{
    [Fact]
    public void Without_a_grant_input_is_at_its_end_and_output_goes_nowhere()
    {
        using Guest guest = new(WasiConfiguration.Empty);
        Assert.Equal((Errno.Success, ""), (guest.Read(0, 10, out string text), text));
        Assert.Equal((Errno.Success, 5u), (guest.Write(1, "hello", out uint count), count));
        Assert.Equal((Errno.Success, 5u), (guest.Write(2, "hello", out count), count));
        Assert.Equal(Errno.Badf, guest.Read(3, 10, out _));
        uint sizes = guest.Allocate(8);
        Assert.Equal(Errno.Success, guest.Context.EnvironmentSizesGet(guest.Memory, sizes, sizes + 4));
        Assert.Equal(0UL, guest.ReadUInt64(sizes));
        Assert.Equal(Errno.Success, guest.Context.ArgumentsSizesGet(guest.Memory, sizes, sizes + 4));
        Assert.Equal(0UL, guest.ReadUInt64(sizes));
    }

    [Fact]
    public void Streams_are_read_and_written()
    {
        MemoryStream output = new();
        string large = new('x', 100_000);
        using Guest guest = new(WasiConfiguration.Empty
            .WithStandardInput(new MemoryStream(Encoding.UTF8.GetBytes("line one\nline two")))
            .WithStandardOutput(output));
        Assert.Equal((Errno.Success, "line"), (guest.Read(0, 4, out string text), text));
        Assert.Equal((Errno.Success, " one\nline two"), (guest.Read(0, 100, out text), text));
        Assert.Equal((Errno.Success, ""), (guest.Read(0, 100, out text), text));
        Assert.Equal((Errno.Success, 2u), (guest.Write(1, "a\n", out uint count), count));
        Assert.Equal((Errno.Success, 100_000u), (guest.Write(1, large, out count), count));
        Assert.Equal("a\n" + large, Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal(Errno.NotCapable, guest.Write(0, "x", out _));
        Assert.Equal(Errno.NotCapable, guest.Read(1, 1, out _));
        Assert.Equal(Errno.NotCapable, guest.Seek(0, 0, 0, out _));
        Assert.Equal(Rights.None, guest.FdStatus(1).Rights & (Rights.FdSeek | Rights.FdTell));
    }

    [Fact]
    public void A_blocked_read_or_write_ends_when_interrupted_and_loses_nothing()
    {
        using AnonymousPipeServerStream inputWriter = new(PipeDirection.Out);
        using AnonymousPipeClientStream input = new(PipeDirection.In, inputWriter.ClientSafePipeHandle);
        using AnonymousPipeServerStream output = new(PipeDirection.Out);
        using AnonymousPipeClientStream outputReader = new(PipeDirection.In, output.ClientSafePipeHandle);
        using CancellationTokenSource interrupt = new();
        using Guest guest = new(WasiConfiguration.Empty.WithStandardInput(input).WithStandardOutput(output))
        {
            Interrupted = interrupt.Token,
        };
        interrupt.CancelAfter(50);
        Assert.Equal(Errno.Intr, guest.Read(0, 10, out _));
        guest.Interrupted = default;
        inputWriter.Write("late"u8);
        Assert.Equal((Errno.Success, "late"), (guest.Read(0, 10, out string text), text));
        Assert.Equal(Errno.Success, guest.Context.FdStatusSetFlags(0, (uint)FdFlags.Nonblock));
        Assert.Equal(Errno.Again, guest.Read(0, 10, out _));

        // More than a pipe holds, and nobody reads.
        using CancellationTokenSource second = new(50);
        guest.Interrupted = second.Token;
        string large = new('y', 500_000);
        Assert.Equal(Errno.Success, guest.Write(1, large, out uint written));
        Assert.InRange(written, 1u, 499_999u);
        guest.Interrupted = default;
        byte[] received = new byte[(int)written];
        outputReader.ReadExactly(received);
        Assert.All(received, value => Assert.Equal((byte)'y', value));
    }

    [Fact]
    public void A_pipe_of_the_host_opens_without_waiting_and_can_be_interrupted()
    {
        using TemporaryFolder folder = new();
        using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", folder["pipe"]))
            make.WaitForExit();
        using CancellationTokenSource interrupt = new();
        using Guest guest = new(folder.Grant()) { Interrupted = interrupt.Token };
        uint reader = guest.MustOpen("pipe", 0, Rights.FdRead | Rights.FdSeek);
        uint writer = guest.MustOpen("pipe", 0, Rights.FdWrite | Rights.FdFdstatSetFlags);
        Assert.Equal(Rights.FdRead, guest.FdStatus(reader).Rights);
        Assert.Equal((Errno.Success, 5u), (guest.Write(writer, "hello", out uint count), count));
        Assert.Equal((Errno.Success, "hello"), (guest.Read(reader, 10, out string text), text));
        interrupt.CancelAfter(50);
        Assert.Equal(Errno.Intr, guest.Read(reader, 10, out _));
        Assert.Equal(Errno.Success, guest.Write(writer, new string('z', 500_000), out count));
        Assert.InRange(count, 1u, 499_999u);
        Assert.Equal(Errno.Success, guest.Context.FdStatusSetFlags(writer, (uint)FdFlags.Nonblock));
        guest.Interrupted = default;
        Assert.Equal(Errno.Again, guest.Write(writer, "x", out _));
    }

    [Fact]
    public async Task A_granted_listener_accepts_and_its_connections_talk()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using Guest guest = new(WasiConfiguration.Empty.WithSocket(listener));
        uint result = guest.Allocate(4);
        Assert.Equal(FileType.SocketStream, guest.FdStatus(3).Type);
        Assert.Equal(Errno.Again, guest.Context.SockAccept(guest.Memory, 3, (uint)FdFlags.Nonblock, result, default));
        using CancellationTokenSource interrupt = new(50);
        Assert.Equal(Errno.Intr, guest.Context.SockAccept(guest.Memory, 3, 0, result, interrupt.Token));
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        Assert.Equal(Errno.Success, guest.Context.SockAccept(guest.Memory, 3, 0, result, default));
        uint fd = guest.ReadUInt32(result);

        client.Send("ping"u8);
        uint vectors = guest.Vectors((guest.Allocate(16), 2u), (guest.Allocate(16), 16u));
        uint length = guest.Allocate(8);
        Assert.Equal(
            Errno.Success, guest.Context.SockReceive(guest.Memory, fd, vectors, 2, 1, length, length + 4, default));
        Assert.Equal(4u, guest.ReadUInt32(length));
        Assert.Equal((Errno.Success, "ping"), (guest.Read(fd, 10, out string text), text));
        Assert.Equal(
            Errno.Inval, guest.Context.SockReceive(guest.Memory, fd, vectors, 2, 4, length, length + 4, default));
        Assert.Equal(Errno.Success, guest.Write(fd, "pong", out _));
        Assert.Equal(
            Errno.Success,
            guest.Context.SockSend(guest.Memory, fd, guest.Vectors(guest.Text("!")), 1, 0, length, default));
        Assert.Equal(Errno.Inval, guest.Context.SockSend(guest.Memory, fd, vectors, 1, 1, length, default));
        byte[] received = new byte[5];
        for (int count = 0; count < 5;)
            count += client.Receive(received.AsSpan(count));
        Assert.Equal("pong!", Encoding.UTF8.GetString(received));
        Assert.Equal(Errno.Inval, guest.Context.SockShutdown(fd, 0));
        Assert.Equal(Errno.Success, guest.Context.SockShutdown(fd, 2));
        Assert.Equal(0, client.Receive(received));
        Assert.Equal(Errno.Pipe, guest.Write(fd, "x", out _));
        client.Dispose();
        Assert.Equal((Errno.Success, ""), (guest.Read(fd, 10, out text), text));
        Assert.Equal(Errno.NotSock, guest.Context.SockShutdown(1, 1));
        Assert.Equal(Errno.Success, guest.Context.FdClose(fd));
        Assert.Equal(Errno.Success, guest.Context.FdClose(3));
        Assert.True(listener.IsBound);
    }

    [Fact]
    public void Signals_and_exits_end_the_guest()
    {
        Assert.Equal(3, Assert.Throws<WasiExitException>(() => WasiContext.ProcessExit(3)).ExitCode);
        WasiExitException abort = Assert.Throws<WasiExitException>(() => WasiContext.ProcessRaise(6));
        Assert.Equal((134, WasiSignal.Abrt), (abort.ExitCode, abort.Signal));
        Assert.Equal(Errno.Success, WasiContext.ProcessRaise(16));
        Assert.Equal(Errno.NotSup, WasiContext.ProcessRaise(18));
        Assert.Equal(Errno.Inval, WasiContext.ProcessRaise(31));
        Assert.Equal(Errno.Inval, WasiContext.ProcessRaise(uint.MaxValue));
    }

    [Fact]
    public void A_configuration_says_what_is_wrong_with_it()
    {
        WasiConfiguration empty = WasiConfiguration.Empty;
        Assert.Throws<ArgumentException>(() => empty.WithArguments("a\0b"));
        Assert.Throws<ArgumentException>(() => empty.WithEnvironment("a=b", ""));
        Assert.Throws<ArgumentException>(() => empty.WithEnvironment("", ""));
        Assert.Throws<ArgumentException>(() => empty.WithFolder("/", ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WasiLimits { MaxDescriptors = 2 });
        Assert.Throws<DirectoryNotFoundException>(() => new WasiContext(empty.WithFolder("/does/not/exist", "/")));
        Assert.Throws<DirectoryNotFoundException>(() => new WasiContext(empty.WithFolder("/proc/self/status", "/")));
        Assert.Throws<ArgumentException>(() => new WasiContext(
            empty.WithFolder("/tmp", "/").WithLimits(new WasiLimits { MaxDescriptors = 3 })));
        Assert.Empty(empty.Folders);
    }
}
