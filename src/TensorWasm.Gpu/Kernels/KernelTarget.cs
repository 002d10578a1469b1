using System.Globalization;

namespace TensorWasm.Gpu;

/// <summary>The architecture that PTX was compiled for (PTX ISA 11.1.2).</summary>
internal static class KernelTarget
{
    /// <summary>Why a device can't run PTX of a target, and what to do; null when it can.</summary>
    /// <param name="target">The target's name, such as sm_80: for devices from that on; or sm_90a: for that one alone.</param>
    /// <param name="device">The device.</param>
    internal static string? Problem(string target, DeviceInfo device)
    {
        var isExact = target.EndsWith('a');
        var number = target.AsSpan("sm_".Length)[..^(isExact ? 1 : 0)];
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var architecture)
            || (isExact ? architecture == device.Architecture : architecture <= device.Architecture))
        {
            return null; // what has another form is the verifier's or the driver's to refuse
        }
        return $"the PTX is for {target}, and {device.Name} is sm_{device.Architecture}: compile it for "
            + $"sm_{device.Architecture} or an earlier one";
    }
}
