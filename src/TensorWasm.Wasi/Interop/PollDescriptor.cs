using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary><c>struct pollfd</c> (poll(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public const short In = 0x1;
    public const short Out = 0x4;
    public const short Error = 0x8;
    public const short Hangup = 0x10;
    public const short Invalid = 0x20;

    public int Descriptor;
    public short Events;
    public short Returned;
}
