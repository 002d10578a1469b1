using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary>
/// A host file descriptor. The reference count keeps the number from being reused while a call is on its way,
/// so disposing a context from another thread cannot redirect that call to someone else's file.
/// </summary>
internal sealed class HostHandle : SafeHandle
{
    /// <summary>Takes charge of <paramref name="descriptor"/>, or only refers to it.</summary>
    public HostHandle(int descriptor, bool owned)
        : base(-1, owned) => SetHandle(descriptor);

    public override bool IsInvalid => handle == -1;

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
