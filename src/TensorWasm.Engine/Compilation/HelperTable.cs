using System.Numerics;
using System.Reflection;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// The method that an instruction calls where it is no fixed sequence: one that RyuJIT knows, or else the method of
/// <see cref="ScalarOperations"/> or <see cref="VectorOperations"/> that bears the opcode's name.
/// </summary>
internal static class HelperTable
{
    private static readonly Dictionary<Opcode, MethodInfo> Methods = Collect();

    internal static MethodInfo Get(Opcode opcode) =>
        Methods.TryGetValue(opcode, out var method)
            ? method
            : throw new InternalCompilerException($"no helper for {opcode}");

    private static Dictionary<Opcode, MethodInfo> Collect()
    {
        var result = new Dictionary<Opcode, MethodInfo>();
        Add(Opcode.I32Clz, typeof(BitOperations), nameof(BitOperations.LeadingZeroCount), typeof(uint));
        Add(Opcode.I64Clz, typeof(BitOperations), nameof(BitOperations.LeadingZeroCount), typeof(ulong));
        Add(Opcode.I32Ctz, typeof(BitOperations), nameof(BitOperations.TrailingZeroCount), typeof(uint));
        Add(Opcode.I64Ctz, typeof(BitOperations), nameof(BitOperations.TrailingZeroCount), typeof(ulong));
        Add(Opcode.I32Popcnt, typeof(BitOperations), nameof(BitOperations.PopCount), typeof(uint));
        Add(Opcode.I64Popcnt, typeof(BitOperations), nameof(BitOperations.PopCount), typeof(ulong));
        Add(Opcode.I32Rotl, typeof(BitOperations), nameof(BitOperations.RotateLeft), typeof(uint), typeof(int));
        Add(Opcode.I32Rotr, typeof(BitOperations), nameof(BitOperations.RotateRight), typeof(uint), typeof(int));
        Add(Opcode.I64Rotl, typeof(BitOperations), nameof(BitOperations.RotateLeft), typeof(ulong), typeof(int));
        Add(Opcode.I64Rotr, typeof(BitOperations), nameof(BitOperations.RotateRight), typeof(ulong), typeof(int));
        Add(Opcode.F32Abs, typeof(MathF), nameof(MathF.Abs), typeof(float));
        Add(Opcode.F64Abs, typeof(Math), nameof(Math.Abs), typeof(double));
        Add(Opcode.F32Ceil, typeof(MathF), nameof(MathF.Ceiling), typeof(float));
        Add(Opcode.F64Ceil, typeof(Math), nameof(Math.Ceiling), typeof(double));
        Add(Opcode.F32Floor, typeof(MathF), nameof(MathF.Floor), typeof(float));
        Add(Opcode.F64Floor, typeof(Math), nameof(Math.Floor), typeof(double));
        Add(Opcode.F32Trunc, typeof(MathF), nameof(MathF.Truncate), typeof(float));
        Add(Opcode.F64Trunc, typeof(Math), nameof(Math.Truncate), typeof(double));
        Add(Opcode.F32Nearest, typeof(MathF), nameof(MathF.Round), typeof(float));
        Add(Opcode.F64Nearest, typeof(Math), nameof(Math.Round), typeof(double));
        Add(Opcode.F32Sqrt, typeof(MathF), nameof(MathF.Sqrt), typeof(float));
        Add(Opcode.F64Sqrt, typeof(Math), nameof(Math.Sqrt), typeof(double));
        Add(Opcode.F32Copysign, typeof(MathF), nameof(MathF.CopySign), typeof(float), typeof(float));
        Add(Opcode.F64Copysign, typeof(Math), nameof(Math.CopySign), typeof(double), typeof(double));
        Add(Opcode.I32ReinterpretF32, typeof(BitConverter), nameof(BitConverter.SingleToInt32Bits), typeof(float));
        Add(Opcode.F32ReinterpretI32, typeof(BitConverter), nameof(BitConverter.Int32BitsToSingle), typeof(int));
        Add(Opcode.I64ReinterpretF64, typeof(BitConverter), nameof(BitConverter.DoubleToInt64Bits), typeof(double));
        Add(Opcode.F64ReinterpretI64, typeof(BitConverter), nameof(BitConverter.Int64BitsToDouble), typeof(long));
        Type[] sources = [typeof(ScalarOperations), typeof(VectorOperations), typeof(VectorLoads)];
        foreach (var method in sources.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static)))
        {
            if (Enum.TryParse<Opcode>(method.Name, out var opcode)) result.TryAdd(opcode, method);
        }
        return result;

        void Add(Opcode opcode, Type type, string name, params Type[] parameters) =>
            result.TryAdd(opcode, type.GetMethod(name, parameters)
                ?? throw new InternalCompilerException($"the runtime has no {type.Name}.{name}"));
    }
}
