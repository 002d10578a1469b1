using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using TensorWasm.Engine.Compilation;

namespace TensorWasm.Engine.Caching;

/// <summary>
/// Names compiled code by everything that it depends on: the module's bytes, the engine's own build, the options that
/// change code, the runtime's version, and what the processor can do.
/// </summary>
internal static class CacheKey
{
    private static readonly string Environment = DescribeEnvironment();

    /// <summary>The key as 64 hexadecimal digits, fit for a file name.</summary>
    internal static string Of(ReadOnlySpan<byte> module, CompilerOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(module);
        hash.AppendData(Encoding.UTF8.GetBytes(Environment));
        hash.AppendData([options.GuardPages ? (byte)1 : (byte)0, options.Fuel ? (byte)1 : (byte)0]);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string DescribeEnvironment()
    {
        var text = new StringBuilder();
        foreach (var assembly in (ReadOnlySpan<Assembly>)[typeof(CacheKey).Assembly, typeof(Wasm.WasmModule).Assembly, typeof(object).Assembly])
        {
            text.Append(assembly.ManifestModule.ModuleVersionId).Append(';');
        }
        text.Append(RuntimeInformation.FrameworkDescription).Append(';').Append(RuntimeInformation.RuntimeIdentifier).Append(';');
        foreach (var (name, isSupported) in Features()) text.Append(CultureInfo.InvariantCulture, $"{name}={isSupported};");
        return text.ToString();
    }

    private static IEnumerable<(string Name, bool IsSupported)> Features() =>
    [
        ("avx2", Avx2.IsSupported), ("bmi1", Bmi1.IsSupported), ("bmi2", Bmi2.IsSupported), ("fma", Fma.IsSupported),
        ("lzcnt", Lzcnt.IsSupported), ("popcnt", Popcnt.IsSupported), ("sse42", Sse42.IsSupported),
        ("avx512f", Avx512F.IsSupported), ("avx512bw", Avx512BW.IsSupported), ("avx512vl", Avx512F.VL.IsSupported),
        ("avx512dq", Avx512DQ.IsSupported), ("avx512vbmi", Avx512Vbmi.IsSupported), ("avx10", Avx10v1.IsSupported),
        ("avxvnni", AvxVnni.IsSupported), ("aes", System.Runtime.Intrinsics.X86.Aes.IsSupported), ("pclmul", Pclmulqdq.IsSupported),
        ("advsimd", AdvSimd.IsSupported), ("dp", Dp.IsSupported), ("crc32", Crc32.IsSupported),
    ];
}
