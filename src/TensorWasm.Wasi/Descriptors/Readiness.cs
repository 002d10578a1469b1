namespace TensorWasm.Wasi;

/// <summary>
/// How poll_oneoff learns that a descriptor is ready: it is now, poll(2) on a host descriptor tells, or (neither)
/// the descriptor wakes the waiter and is asked again.
/// </summary>
internal readonly record struct Readiness(bool IsReady, int HostDescriptor, ulong Bytes, ushort Flags)
{
    /// <summary>The descriptor wakes the waiter when that changes.</summary>
    public static Readiness Pending => new(false, -1, 0, 0);

    /// <summary>Ready now, with that many bytes.</summary>
    public static Readiness Now(ulong bytes, ushort flags = 0) => new(true, -1, bytes, flags);

    /// <summary>Ask poll(2).</summary>
    public static Readiness Ask(int hostDescriptor) => new(false, hostDescriptor, 0, 0);
}
