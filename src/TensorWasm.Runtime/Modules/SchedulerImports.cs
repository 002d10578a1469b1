using TensorWasm.Engine;

namespace TensorWasm.Runtime;

/// <summary><c>wasi:scheduler/host@0.1.0</c>: how much of its time a guest has left.</summary>
internal static class SchedulerImports
{
    private const string Module = "wasi:scheduler/host@0.1.0";

    private static readonly TimeSpan Near = TimeSpan.FromMilliseconds(10);

    internal static void AddTo(Linker linker)
    {
        linker.DefineFunction(Module, "yield", (Func<Caller, int>)Yield);
        linker.DefineFunction(Module, "deadline-remaining-ms", (Func<Caller, int>)Remaining);
    }

    /// <summary>0 to go on, 1 where the deadline is near, 2 to stop.</summary>
    private static int Yield(Caller caller)
    {
        Thread.Yield();
        var left = GuestSession.Of(caller.Store).TimeLeft;
        return left <= TimeSpan.Zero ? 2 : left <= Near ? 1 : 0;
    }

    private static int Remaining(Caller caller)
    {
        var left = GuestSession.Of(caller.Store).TimeLeft;
        return left <= TimeSpan.Zero ? 0 : (int)(uint)Math.Min(left.TotalMilliseconds, uint.MaxValue);
    }
}
