using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary><c>struct msghdr</c> (recvmsg(2)) of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}
