using System.Runtime.InteropServices;
using TensorWasm.Engine;

namespace TensorWasm.Wasi;

/// <summary>
/// The functions of one snapshot as imports: each finds the caller's context and memory and hands everything on.
/// Their names and parameters are those of the witx files; a pointer, size or small number is an i32.
/// </summary>
internal sealed partial class WasiImports(Snapshot snapshot, Func<Store, WasiContext> find)
{
    private const string Preview1Name = "wasi_snapshot_preview1";
    private const string UnstableName = "wasi_unstable";

    private Linker _linker = null!;

    private string ModuleName => snapshot == Snapshot.Preview1 ? Preview1Name : UnstableName;

    /// <summary>Whether a module name is one of WASI's.</summary>
    public static bool IsModuleName(string name) => name is Preview1Name or UnstableName;

    /// <summary>Offers every function of both snapshots.</summary>
    public static void AddTo(Linker linker, Func<Store, WasiContext> find)
    {
        new WasiImports(Snapshot.Preview1, find).Add(linker);
        new WasiImports(Snapshot.Unstable, find).Add(linker);
    }

    private void Add(Linker linker)
    {
        _linker = linker;
        AddProcess();
        AddDescriptors();
        AddPaths();
        AddSockets();
    }

    private void Define(string name, Delegate function) => _linker.DefineFunction(ModuleName, name, function);

    private WasiContext Context(Caller caller) => find(caller.Store);

    private static CancellationToken Interrupted(Caller caller) => caller.Store.Interrupted;

    /// <summary>What the caller exports as "memory", as the specification demands; empty without.</summary>
    private static GuestMemory Memory(Caller caller) =>
        caller.Instance.DefaultMemory is { } memory && caller.TryGetSpan(0, 0, out Span<byte> start)
            ? new GuestMemory(ref MemoryMarshal.GetReference(start), memory.ByteLength)
            : default;

    private void AddProcess()
    {
        Define("args_get", (Caller c, uint argv, uint buffer) =>
            (int)Context(c).ArgumentsGet(Memory(c), argv, buffer));
        Define("args_sizes_get", (Caller c, uint count, uint size) =>
            (int)Context(c).ArgumentsSizesGet(Memory(c), count, size));
        Define("environ_get", (Caller c, uint environ, uint buffer) =>
            (int)Context(c).EnvironmentGet(Memory(c), environ, buffer));
        Define("environ_sizes_get", (Caller c, uint count, uint size) =>
            (int)Context(c).EnvironmentSizesGet(Memory(c), count, size));
        Define("clock_res_get", (Caller c, uint id, uint result) =>
            (int)Context(c).ClockResolutionGet(Memory(c), id, result));
        Define("clock_time_get", (Caller c, uint id, ulong precision, uint result) =>
            (int)Context(c).ClockTimeGet(Memory(c), id, result));
        Define("poll_oneoff", (Caller c, uint subscriptions, uint events, uint count, uint result) =>
            (int)Context(c).PollOneoff(Memory(c), snapshot, subscriptions, events, count, result, Interrupted(c)));
        Define("proc_exit", (uint code) => WasiContext.ProcessExit((int)code));
        Define("proc_raise", (uint signal) => (int)WasiContext.ProcessRaise(signal));
        Define("sched_yield", () => (int)WasiContext.SchedulerYield());
        Define("random_get", (Caller c, uint buffer, uint length) =>
            (int)Context(c).RandomGet(Memory(c), buffer, length, Interrupted(c)));
    }

    private void AddSockets()
    {
        // Snapshot 0 has no sock_accept.
        if (snapshot == Snapshot.Preview1)
        {
            Define("sock_accept", (Caller c, uint fd, uint flags, uint result) =>
                (int)Context(c).SockAccept(Memory(c), fd, flags, result, Interrupted(c)));
        }

        Define("sock_recv", (Caller c, uint fd, uint vectors, uint count, uint flags, uint length, uint outFlags) =>
            (int)Context(c).SockReceive(Memory(c), fd, vectors, count, flags, length, outFlags, Interrupted(c)));
        Define("sock_send", (Caller c, uint fd, uint vectors, uint count, uint flags, uint length) =>
            (int)Context(c).SockSend(Memory(c), fd, vectors, count, flags, length, Interrupted(c)));
        Define("sock_shutdown", (Caller c, uint fd, uint how) => (int)Context(c).SockShutdown(fd, how));
    }
}
