using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary><c>struct open_how</c> (openat2(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenHow
{
    public ulong Flags;
    public ulong Mode;
    public ulong Resolve;
}
