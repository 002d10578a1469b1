using System.Globalization;

namespace TensorWasm.Engine;

/// <summary>How many mappings the process has and may have (proc(5): /proc/pid/maps, vm.max_map_count).</summary>
internal static class LinuxMappings
{
    private const int KernelDefault = 65_530;

    /// <summary>Mappings in use and allowed. Reads /proc, so it belongs on error paths and in tests.</summary>
    internal static (int Used, int Allowed) Count()
    {
        try
        {
            var used = File.ReadLines("/proc/self/maps").Count();
            var limit = File.ReadAllText("/proc/sys/vm/max_map_count");
            return (used, int.Parse(limit, CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return (0, KernelDefault);
        }
    }

    /// <summary>Mappings that begin inside a range of addresses.</summary>
    internal static int CountWithin(nint start, nuint bytes) =>
        File.ReadLines("/proc/self/maps")
            .Select(line => ulong.Parse(line.AsSpan(0, line.IndexOf('-', StringComparison.Ordinal)),
                NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .Count(address => address - (ulong)start < bytes);
}
