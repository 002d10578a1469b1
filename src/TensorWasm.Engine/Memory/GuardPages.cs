using System.Runtime.InteropServices;

namespace TensorWasm.Engine;

/// <summary>
/// Whether out-of-bounds accesses can be left to the processor. Decided once, at first use, which reserves the pool and
/// installs the signal shim. Needs Linux on x86-64 (glibc or musl). The AppContext switch <c>TensorWasm.GuardPages</c> or
/// the environment variable <c>TENSORWASM_GUARD_PAGES</c>, set to false or 0, turns it off.
/// </summary>
internal static class GuardPages
{
    private static readonly (AddressPool? Pool, string? Reason) State = SetUp();

    /// <summary>Whether memories may be created as guarded.</summary>
    internal static bool IsSupported => State.Pool is not null;

    /// <summary>Why not; null when they are supported.</summary>
    internal static string? UnsupportedReason => State.Reason;

    /// <summary>The pool.</summary>
    /// <exception cref="PlatformNotSupportedException">There is none.</exception>
    internal static AddressPool Pool =>
        State.Pool ?? throw new PlatformNotSupportedException($"guard pages are not available: {State.Reason}");

    private static (AddressPool? Pool, string? Reason) SetUp()
    {
        if (IsTurnedOff())
            return (null, "turned off by TensorWasm.GuardPages or TENSORWASM_GUARD_PAGES");
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return (null, $"they need Linux on x86-64, and this is {RuntimeInformation.OSDescription} on "
                + $"{RuntimeInformation.ProcessArchitecture}");
        }

        var pool = AddressPool.TryReserve();
        if (pool is null)
            return (null, $"no address space for the pool (`ulimit -v`?): {VirtualMemory.DescribeLastError()}");

        var problem = SignalShim.Install(pool.Start, (nuint)pool.Bytes);
        if (problem is null)
            return (pool, null);
        VirtualMemory.TryRelease(pool.Start, (nuint)pool.Bytes);
        return (null, problem);
    }

    private static bool IsTurnedOff()
    {
        if (AppContext.TryGetSwitch("TensorWasm.GuardPages", out var isOn) && !isOn)
            return true;
        var variable = Environment.GetEnvironmentVariable("TENSORWASM_GUARD_PAGES");
        return variable == "0" || string.Equals(variable, "false", StringComparison.OrdinalIgnoreCase);
    }
}
