using System.Text.Json;
using TensorWasm.Ptx;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Bench;

/// <summary>
/// The machine code that tenants' PTX becomes on the device, for programs that launch it themselves: of each kernel.ptx of a
/// folder it writes kernel.fence.cubin and kernel.check.cubin, and to hidden.json which hidden parameters each of these takes
/// behind its author's.
/// </summary>
internal static class Assembly
{
    /// <summary>As large as a region of Triton's kernels, in powers of two.</summary>
    private const int RegionBits = 35;

    internal static int Run(string folder, string output)
    {
        Dictionary<string, IEnumerable<string>> hidden = [];
        foreach (var path in Directory.GetFiles(folder, "*.ptx"))
        {
            foreach (var mode in Enum.GetValues<FenceMode>())
            {
                var options = BenchDevice.Device.Adjust(new FenceOptions { Mode = mode, RegionBits = RegionBits });
                var module = PtxFence.Apply(File.ReadAllBytes(path), options);
                if (!module.IsValid)
                {
                    Console.Error.WriteLine(string.Join('\n', module.Diagnostics));
                    return 1;
                }
                var name = $"{Path.GetFileNameWithoutExtension(path)}.{mode.ToString().ToLowerInvariant()}";
                var (image, code) = OccupancySearch.Assemble(module, module.Print(), name, BenchDevice.Device.Info);
                code.Dispose();
                File.WriteAllBytes(Path.Combine(output, name + ".cubin"), image);
                hidden.Add(name, module.Kernels[0].HiddenParameters.Select(parameter => parameter.ToString()));
            }
        }
        File.WriteAllText(Path.Combine(output, "hidden.json"), JsonSerializer.Serialize(hidden));
        return 0;
    }
}
