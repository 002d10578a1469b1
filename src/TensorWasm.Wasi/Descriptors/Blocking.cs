namespace TensorWasm.Wasi;

/// <summary>How an operation on a host descriptor is kept from waiting where nothing can interrupt it.</summary>
internal enum Blocking
{
    /// <summary>It never waits long: regular files, block devices.</summary>
    Never,

    /// <summary>The open file has O_NONBLOCK: the host says EAGAIN, and poll(2) waits.</summary>
    ByHost,

    /// <summary>The open file is shared with the host and blocks, so poll(2) asks before each operation.</summary>
    ByPolling,
}
