namespace TensorWasm.Wasi;

/// <summary>What one guest may use of the host through WASI calls. Raise or lower with <c>with</c>.</summary>
public sealed record WasiLimits
{
    /// <summary>The defaults.</summary>
    public static WasiLimits Default { get; } = new();

    /// <summary>
    /// Most descriptors open at once, standard streams and granted folders included: 1,024, the usual soft
    /// <c>ulimit -n</c>. The host's own limit is shared by all guests. One more fails with <c>mfile</c>.
    /// </summary>
    public int MaxDescriptors
    {
        get;
        init
        {
            // The three standard streams always exist.
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 3);
            field = value;
        }
    } = 1024;

    /// <summary>
    /// Most subscriptions of one <c>poll_oneoff</c>: 4,096, four times the default of descriptors. The host keeps a
    /// few dozen bytes for each while it waits. More fail with <c>inval</c>, as poll(2) does beyond RLIMIT_NOFILE.
    /// </summary>
    public int MaxPollSubscriptions
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 4096;

    /// <summary>
    /// Most bytes of one <c>random_get</c>: 16 MiB, some tens of milliseconds of the host's generator. More fail
    /// with <c>inval</c>.
    /// </summary>
    public int MaxRandomBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 16 * 1024 * 1024;
}
