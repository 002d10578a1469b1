using System.Reflection;
using System.Runtime.Intrinsics;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>
/// The runtime's vector operations, which RyuJIT compiles to an instruction or a few. It takes all 256-bit vectors for
/// one type, so the element type only chooses the instruction.
/// </summary>
internal static class VectorMethods
{
    private static readonly Dictionary<(string Name, Type Element), MethodInfo> Found = [];

    internal static MethodInfo Create(Type element) =>
        typeof(Vector256).GetMethod(nameof(Vector256.Create), [element])!;

    /// <summary>A generic operation whose parameters are vectors only.</summary>
    internal static MethodInfo Get(string name, Type element)
    {
        lock (Found)
        {
            if (!Found.TryGetValue((name, element), out MethodInfo? method))
            {
                method = Generic(name, parameter => parameter.ParameterType.Name.StartsWith("Vector256", StringComparison.Ordinal))
                    .MakeGenericMethod(element);
                Found.Add((name, element), method);
            }

            return method;
        }
    }

    /// <summary>A shift of all elements by one count.</summary>
    internal static MethodInfo Shift(string name, Type element) => typeof(Vector256).GetMethod(
        name, [typeof(Vector256<>).MakeGenericType(element), typeof(int)])!;

    internal static MethodInfo Load(Type element) =>
        Generic(nameof(Vector256.Load), parameter => parameter.ParameterType.IsPointer).MakeGenericMethod(element);

    internal static MethodInfo Store(Type element) => typeof(Vector256).GetMethods()
        .Single(method => method.Name == nameof(Vector256.Store) && method.GetParameters()[^1].ParameterType.IsPointer)
        .MakeGenericMethod(element);

    internal static MethodInfo Bits(Type element) =>
        Get(nameof(Vector256.ExtractMostSignificantBits), element);

    internal static MethodInfo FusedMultiplyAdd(Type element) => typeof(Vector256).GetMethod(
        nameof(Vector256.FusedMultiplyAdd),
        Enumerable.Repeat(typeof(Vector256<>).MakeGenericType(element), 3).ToArray())!;

    internal static MethodInfo Typed(string name, params Type[] elements) => typeof(Vector256).GetMethod(
        name, [.. elements.Select(element => typeof(Vector256<>).MakeGenericType(element))])
        ?? throw new CpuKernelException($"the runtime has no vector operation {name}");

    private static MethodInfo Generic(string name, Func<ParameterInfo, bool> accepts) => typeof(Vector256).GetMethods()
        .First(method => method.Name == name && method.IsGenericMethodDefinition
            && method.GetGenericArguments().Length == 1 && method.GetParameters().All(accepts));
}
