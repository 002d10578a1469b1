using TensorWasm.Engine;

namespace TensorWasm.Host;

/// <summary>
/// <c>wasi:scheduler/host</c>, TensorWasm's interface: how much time is left. It needs no capability, as a clock tells as
/// much.
/// </summary>
internal sealed class SchedulerImports(Linker linker, Func<Store, HostContext> find, Func<string, string, bool> isWanted)
    : HostImports(ModuleName, linker, find, isWanted)
{
    internal const string ModuleName = "wasi:scheduler/host@0.1.0";

    private const int Continue = 0;
    private const int Near = 1;
    private const int Over = 2;

    private static readonly TimeSpan NearWindow = TimeSpan.FromMilliseconds(10);

    internal override void Define()
    {
        Define("yield", (Caller caller) => Verdict(Context(caller).Remaining));
        Define("deadline-remaining-ms", (Caller caller) => Milliseconds(Context(caller).Remaining));
    }

    protected override HostError Code(HostError error) => error;

    private static int Verdict(TimeSpan? remaining) =>
        remaining is not { } left ? Continue
        : left <= TimeSpan.Zero ? Over
        : left < NearWindow ? Near
        : Continue;

    /// <summary>Whole milliseconds; the largest number means that there is no deadline.</summary>
    private static uint Milliseconds(TimeSpan? remaining) =>
        remaining is { } left
            ? (uint)Math.Clamp(left.TotalMilliseconds, 0, uint.MaxValue - 1)
            : uint.MaxValue;
}
