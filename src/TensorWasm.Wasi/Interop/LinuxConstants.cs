using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary>
/// Constants of Linux's uapi headers. Those of open(2) and the system call numbers differ between the
/// architectures; the rest are the same on x86-64 and arm64.
/// </summary>
internal static class LinuxConstants
{
    public const int AtFdCwd = -100;
    public const int AtSymlinkNoFollow = 0x100;
    public const int AtRemoveDir = 0x200;
    public const int AtSymlinkFollow = 0x400;
    public const int AtEmptyPath = 0x1000;

    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NoControllingTerminal = 0x100;
    public const int Truncate = 0x200;
    public const int Append = 0x400;
    public const int NonBlock = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;

    public const ulong ResolveNoMagicLinks = 0x02;
    public const ulong ResolveBeneath = 0x08;

    public const uint StatusBasic = 0x7ff;

    public const int ModeTypeMask = 0xF000;
    public const int ModeSocket = 0xC000;
    public const int ModeLink = 0xA000;
    public const int ModeRegular = 0x8000;
    public const int ModeBlock = 0x6000;
    public const int ModeDirectory = 0x4000;
    public const int ModeCharacter = 0x2000;

    public const int WriteDataSync = 0x2;
    public const int WriteSync = 0x4;
    public const int WriteAppend = 0x10;

    public const int MessagePeek = 0x2;
    public const int MessageTruncated = 0x20;
    public const int MessageDontWait = 0x40;
    public const int MessageNoSignal = 0x4000;

    public const int SocketLevel = 1;
    public const int SocketType = 3;
    public const int SocketStream = 1;

    public const int GetFlags = 3;
    public const nuint BytesAvailable = 0x541B;

    public const int SyscallOpenAt2 = 437;

    public static int Directory { get; } = IsArm ? 0x4000 : 0x10000;

    public static int NoFollow { get; } = IsArm ? 0x8000 : 0x20000;

    public static int SyscallGetDirectoryEntries { get; } = IsArm ? 61 : 217;

    public static int SyscallPositionedWrite2 { get; } = IsArm ? 287 : 328;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
}
