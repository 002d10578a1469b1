using System.Reflection;
using System.Runtime.Intrinsics.X86;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// Vector loads that are one processor instruction of their own. Unlike an indirection and what follows it, RyuJIT neither
/// narrows nor removes them, so that one that straddles the memory's end always faults. Only for x86-64, as guard pages are.
/// </summary>
internal static class VectorMemory
{
    /// <summary>The intrinsic that takes an address, or null where the processor has none.</summary>
    internal static MethodInfo? TryGet(Opcode opcode) => opcode switch
    {
        // The one full load that RyuJIT does not take for an indirection.
        Opcode.V128Load when Sse3.IsSupported => Of(typeof(Sse3), nameof(Sse3.LoadDquVector128), typeof(byte)),
        Opcode.V128Load8x8S when Sse41.IsSupported => Of(typeof(Sse41), nameof(Sse41.ConvertToVector128Int16), typeof(sbyte)),
        Opcode.V128Load8x8U when Sse41.IsSupported => Of(typeof(Sse41), nameof(Sse41.ConvertToVector128Int16), typeof(byte)),
        Opcode.V128Load16x4S when Sse41.IsSupported => Of(typeof(Sse41), nameof(Sse41.ConvertToVector128Int32), typeof(short)),
        Opcode.V128Load16x4U when Sse41.IsSupported => Of(typeof(Sse41), nameof(Sse41.ConvertToVector128Int32), typeof(ushort)),
        Opcode.V128Load32x2S when Sse41.IsSupported => Of(typeof(Sse41), nameof(Sse41.ConvertToVector128Int64), typeof(int)),
        Opcode.V128Load32x2U when Sse41.IsSupported => Of(typeof(Sse41), nameof(Sse41.ConvertToVector128Int64), typeof(uint)),
        Opcode.V128Load64Splat when Sse3.IsSupported =>
            Of(typeof(Sse3), nameof(Sse3.LoadAndDuplicateToVector128), typeof(double)),
        _ => null,
    };

    private static MethodInfo Of(Type type, string name, Type element) => type.GetMethod(name, [element.MakePointerType()])!;
}
