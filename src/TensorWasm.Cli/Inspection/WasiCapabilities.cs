namespace TensorWasm.Cli;

/// <summary>What each function of WASI preview 1 lets a guest reach.</summary>
internal static class WasiCapabilities
{
    /// <summary>Names under which real modules import the interface: the final one, and the one before.</summary>
    private static readonly string[] Modules = ["wasi_snapshot_preview1", "wasi_unstable"];

    private static readonly (string Capability, string Functions)[] Groups =
    [
        ("arguments", "args_get args_sizes_get"),
        ("environment", "environ_get environ_sizes_get"),
        // Enough for the standard streams; with a granted folder, also for the files that were opened there.
        ("streams", "fd_read fd_write fd_close fd_seek fd_tell fd_fdstat_get fd_fdstat_set_flags fd_renumber"),
        ("files", "fd_advise fd_allocate fd_datasync fd_fdstat_set_rights fd_filestat_get fd_filestat_set_size "
            + "fd_filestat_set_times fd_pread fd_prestat_get fd_prestat_dir_name fd_pwrite fd_readdir fd_sync "
            + "path_create_directory path_filestat_get path_filestat_set_times path_link path_open path_readlink "
            + "path_remove_directory path_rename path_symlink path_unlink_file"),
        ("clocks", "clock_res_get clock_time_get poll_oneoff"),
        ("random", "random_get"),
        ("sockets", "sock_accept sock_recv sock_send sock_shutdown"),
        ("process", "proc_exit proc_raise sched_yield"),
    ];

    private static readonly Dictionary<string, string> ByFunction = Groups
        .SelectMany(group => group.Functions.Split(' '), (group, function) => (function, group.Capability))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>The capabilities, those of other interfaces too, in the order in which they are listed.</summary>
    internal static IEnumerable<string> All =>
        [.. Groups.Select(group => group.Capability), "kernels", "streaming", "deadlines", "telemetry"];

    /// <summary>The capability behind an import; null if it is no function of WASI.</summary>
    internal static string? Of(string module, string name) =>
        Modules.Contains(module) && ByFunction.TryGetValue(name, out var capability) ? capability : null;
}
