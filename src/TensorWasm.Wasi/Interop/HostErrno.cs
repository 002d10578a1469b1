using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary>Linux's error numbers (errno(3), asm-generic/errno.h) and what each is in WASI.</summary>
internal static class HostErrno
{
    public const int Perm = 1;
    public const int NoEnt = 2;
    public const int Intr = 4;
    public const int Again = 11;
    public const int Xdev = 18;
    public const int Inval = 22;
    public const int Loop = 40;
    public const int NoSys = 38;

    private static readonly Errno[] Table = Build();

    /// <summary>The error that the last call left, in WASI's terms.</summary>
    public static Errno Last => Translate(Marshal.GetLastPInvokeError());

    /// <summary>WASI's number for a Linux one; EIO for those that WASI has no word for.</summary>
    public static Errno Translate(int errno) =>
        (uint)errno < (uint)Table.Length ? Table[errno] : Errno.Io;

    private static Errno[] Build()
    {
        Errno[] table = new Errno[134];
        Array.Fill(table, Errno.Io);
        ReadOnlySpan<Errno> first =
        [
            Errno.Success, Errno.Perm, Errno.NoEnt, Errno.Srch, Errno.Intr, Errno.Io, Errno.Nxio, Errno.TooBig,
            Errno.NoExec, Errno.Badf, Errno.Child, Errno.Again, Errno.NoMem, Errno.Acces, Errno.Fault, Errno.NotSup,
            Errno.Busy, Errno.Exist, Errno.Xdev, Errno.NoDev, Errno.NotDir, Errno.IsDir, Errno.Inval, Errno.Nfile,
            Errno.Mfile, Errno.NotTty, Errno.TxtBsy, Errno.Fbig, Errno.NoSpc, Errno.Spipe, Errno.Rofs, Errno.Mlink,
            Errno.Pipe, Errno.Dom, Errno.Range, Errno.Deadlk, Errno.NameTooLong, Errno.NoLck, Errno.NoSys,
            Errno.NotEmpty, Errno.Loop,
        ];
        first.CopyTo(table);
        table[42] = Errno.NoMsg;
        table[43] = Errno.Idrm;
        table[67] = Errno.NoLink;
        table[71] = Errno.Proto;
        table[72] = Errno.Multihop;
        table[74] = Errno.BadMsg;
        table[75] = Errno.Overflow;
        table[84] = Errno.Ilseq;
        table[85] = Errno.Intr; // ERESTART
        ReadOnlySpan<Errno> network =
        [
            Errno.NotSock, Errno.DestAddrReq, Errno.MsgSize, Errno.Prototype, Errno.NoProtoOpt,
            Errno.ProtoNoSupport, Errno.NotSup, Errno.NotSup, Errno.AfNoSupport, Errno.AfNoSupport,
            Errno.AddrInUse, Errno.AddrNotAvail, Errno.NetDown, Errno.NetUnreach, Errno.NetReset,
            Errno.ConnAborted, Errno.ConnReset, Errno.NoBufs, Errno.IsConn, Errno.NotConn, Errno.Pipe,
            Errno.TooBig, Errno.TimedOut, Errno.ConnRefused, Errno.HostUnreach, Errno.HostUnreach,
            Errno.Already, Errno.InProgress, Errno.Stale,
        ];
        network.CopyTo(table.AsSpan(88));
        table[122] = Errno.Dquot;
        table[125] = Errno.Canceled;
        table[130] = Errno.OwnerDead;
        table[131] = Errno.NotRecoverable;
        return table;
    }
}
