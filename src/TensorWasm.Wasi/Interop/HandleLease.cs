using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary>Keeps a descriptor number valid for the length of a scope.</summary>
internal ref struct HandleLease : IDisposable
{
    private readonly SafeHandle _handle;
    private bool _held;

    /// <summary>Takes a reference.</summary>
    /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
    public HandleLease(SafeHandle handle)
    {
        _handle = handle;
        handle.DangerousAddRef(ref _held);
        Number = (int)handle.DangerousGetHandle();
    }

    /// <summary>The descriptor's number.</summary>
    public int Number { get; }

    public void Dispose()
    {
        if (_held)
            _handle.DangerousRelease();
        _held = false;
    }
}
