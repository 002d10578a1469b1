using System.Buffers.Binary;

namespace TensorWasm.Wasi.Tests;

/// <summary>Numbers and layouts of the witx files, written out here from their text.</summary>
public sealed class LayoutTests
{
    // From asm-generic/errno-base.h and errno.h (Linux) and the order of $errno in typenames.witx (WASI).
    private const string ErrnoTable = """
        EPERM 1 63|ENOENT 2 44|ESRCH 3 71|EINTR 4 27|EIO 5 29|ENXIO 6 60|E2BIG 7 1|ENOEXEC 8 45|EBADF 9 8|
        ECHILD 10 12|EAGAIN 11 6|ENOMEM 12 48|EACCES 13 2|EFAULT 14 21|EBUSY 16 10|EEXIST 17 20|EXDEV 18 75|
        ENODEV 19 43|ENOTDIR 20 54|EISDIR 21 31|EINVAL 22 28|ENFILE 23 41|EMFILE 24 33|ENOTTY 25 59|
        ETXTBSY 26 74|EFBIG 27 22|ENOSPC 28 51|ESPIPE 29 70|EROFS 30 69|EMLINK 31 34|EPIPE 32 64|EDOM 33 18|
        ERANGE 34 68|EDEADLK 35 16|ENAMETOOLONG 36 37|ENOLCK 37 46|ENOSYS 38 52|ENOTEMPTY 39 55|ELOOP 40 32|
        ENOMSG 42 49|EIDRM 43 24|ENOLINK 67 47|EPROTO 71 65|EMULTIHOP 72 36|EBADMSG 74 9|EOVERFLOW 75 61|
        EILSEQ 84 25|ENOTSOCK 88 57|EDESTADDRREQ 89 17|EMSGSIZE 90 35|EPROTOTYPE 91 67|ENOPROTOOPT 92 50|
        EPROTONOSUPPORT 93 66|EOPNOTSUPP 95 58|EAFNOSUPPORT 97 5|EADDRINUSE 98 3|EADDRNOTAVAIL 99 4|
        ENETDOWN 100 38|ENETUNREACH 101 40|ENETRESET 102 39|ECONNABORTED 103 13|ECONNRESET 104 15|
        ENOBUFS 105 42|EISCONN 106 30|ENOTCONN 107 53|ETIMEDOUT 110 73|ECONNREFUSED 111 14|EHOSTUNREACH 113 23|
        EALREADY 114 7|EINPROGRESS 115 26|ESTALE 116 72|EDQUOT 122 19|ECANCELED 125 11|EOWNERDEAD 130 62|
        ENOTRECOVERABLE 131 56
        """;

    [Fact]
    public void Every_error_of_the_host_has_its_number_in_WASI()
    {
        int rows = 0;
        foreach (string row in ErrnoTable.Split('|', StringSplitOptions.TrimEntries))
        {
            string[] fields = row.Split(' ');
            Errno actual = HostErrno.Translate(int.Parse(fields[1], null));
            Assert.True((ushort)actual == ushort.Parse(fields[2], null), $"{row}: {actual}");
            rows++;
        }

        // All of WASI's errors but success and notcapable, which no host call answers.
        Assert.Equal(75, rows);
        Assert.Equal(Errno.Io, HostErrno.Translate(9999));
        Assert.Equal(Errno.Io, HostErrno.Translate(-1));
    }

    [Theory]
    [InlineData(true, 64, 24, 8, 32)]
    [InlineData(false, 56, 20, 4, 24)]
    public void Filestat_has_the_layout_of_each_snapshot(
        bool preview1, int size, int linkOffset, int linkSize, int sizeOffset)
    {
        Snapshot snapshot = preview1 ? Snapshot.Preview1 : Snapshot.Unstable;
        byte[] bytes = new byte[72];
        Array.Fill(bytes, (byte)0xCC);
        new FileStatus(1, 2, FileType.RegularFile, 3, 4, 5, 6, 7).Write(bytes, snapshot);

        Assert.Equal(size, FileStatus.SizeOf(snapshot));
        Assert.Equal(1UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        Assert.Equal(2UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)));
        Assert.Equal(4, bytes[16]);
        ulong links = linkSize == 8
            ? BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(linkOffset))
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(linkOffset));
        Assert.Equal(3UL, links);
        for (int i = 0; i < 4; i++)
            Assert.Equal(4UL + (ulong)i, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(sizeOffset + (i * 8))));
        Assert.All(bytes[size..], value => Assert.Equal(0xCC, value));
    }

    [Fact]
    public void An_event_has_the_specified_layout()
    {
        byte[] bytes = new byte[32];
        new PollEvent(0x1122334455667788, Errno.Badf, EventType.FdWrite, 9, PollEvent.Hangup).Write(bytes);

        Assert.Equal(0x1122334455667788UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        Assert.Equal(8, BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8)));
        Assert.Equal(2, bytes[10]);
        Assert.Equal(9UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16)));
        Assert.Equal(1, BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(24)));
    }

    [Theory]
    [InlineData(0, Whence.Current)]
    [InlineData(1, Whence.End)]
    [InlineData(2, Whence.Set)]
    public void Whence_is_numbered_otherwise_in_snapshot_0(uint number, object expected) =>
        Assert.Equal((Whence)expected, WasiContext.TranslateWhence(Snapshot.Unstable, number));

    [Fact]
    public void Rights_have_the_specified_bits()
    {
        Assert.Equal(1UL << 6, (ulong)Rights.FdWrite);
        Assert.Equal(1UL << 13, (ulong)Rights.PathOpen);
        Assert.Equal(1UL << 26, (ulong)Rights.PathUnlinkFile);
        Assert.Equal(1UL << 29, (ulong)Rights.SockAccept);
    }
}
