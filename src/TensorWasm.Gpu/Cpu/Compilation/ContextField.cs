using System.Runtime.InteropServices;
using TensorWasm.Gpu.Cpu.Execution;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Offsets of <see cref="WarpContext"/>'s fields.</summary>
internal static class ContextField
{
    private static readonly Dictionary<string, int> Offsets = typeof(WarpContext)
        .GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)
        .ToDictionary(field => field.Name, field => (int)Marshal.OffsetOf<WarpContext>(field.Name));

    internal static int OffsetOf(string name) => Offsets[name];
}
