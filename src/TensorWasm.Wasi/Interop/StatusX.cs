using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary><c>struct statx</c> (statx(2)): the same layout on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatusX
{
    [FieldOffset(16)]
    public uint LinkCount;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public ulong Size;

    [FieldOffset(64)]
    public StatusTime Access;

    [FieldOffset(96)]
    public StatusTime Change;

    [FieldOffset(112)]
    public StatusTime Modification;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;
}
