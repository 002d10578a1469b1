using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Intrinsics;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// The vector instructions that need no inlining: one, or a straight line of, methods that RyuJIT knows, on this
/// process's processor.
/// <para>
/// Why: RyuJIT stops inlining in a method that has more than 512 locals or used up its budget. From there on each
/// helper would be a call, with its vectors passed through memory, but an intrinsic stays an instruction.
/// </para>
/// <para>
/// Emitted code passes a <c>Vector128&lt;byte&gt;</c> where the method declares, say, a <c>Vector128&lt;int&gt;</c>, and
/// back: not verifiable, but RyuJIT has one type for both and takes the lanes' type from the method, so no conversion
/// is needed. A test compiles and runs every row.
/// </para>
/// </summary>
internal static partial class VectorIntrinsics
{
    private static readonly Dictionary<Opcode, VectorIntrinsic> Rows = Vector128.IsHardwareAccelerated ? Build() : [];

    /// <summary>How to emit an instruction in place; false where its helper must be called.</summary>
    internal static bool TryGet(Opcode opcode, [NotNullWhen(true)] out VectorIntrinsic? row) =>
        Rows.TryGetValue(opcode, out row);

    private static Dictionary<Opcode, VectorIntrinsic> Build()
    {
        var rows = new Dictionary<Opcode, VectorIntrinsic>();
        AddBitwise(rows);
        AddLanes(rows);
        AddComparisons(rows);
        AddIntegers(rows);
        AddWidening(rows);
        AddFloats(rows);
        AddConversions(rows);
        return rows;
    }

    private static void Add(this Dictionary<Opcode, VectorIntrinsic> rows, Opcode opcode, params VectorStep[] steps) =>
        rows.Add(opcode, new VectorIntrinsic(steps));

    /// <summary>A generic method of <see cref="Vector128"/>, such as <c>Add&lt;T&gt;(Vector128&lt;T&gt;, Vector128&lt;T&gt;)</c>.</summary>
    private static VectorStep Generic(string name, Type lane, int parameters = 2)
    {
        foreach (var method in typeof(Vector128).GetMethods())
        {
            if (method.Name != name || !method.IsGenericMethodDefinition || method.GetGenericArguments().Length != 1) continue;
            var types = method.GetParameters();
            // Multiply and Divide also take a scalar.
            if (types.Length != parameters || !types.All(type => type.ParameterType.IsGenericType)) continue;
            return VectorStep.Call(method.MakeGenericMethod(lane));
        }
        throw new InternalCompilerException($"the runtime has no Vector128.{name}<T>");
    }

    /// <summary>A method by its parameters' types.</summary>
    private static VectorStep Exact(Type type, string name, params Type[] parameters) =>
        VectorStep.Call(type.GetMethod(name, BindingFlags.Public | BindingFlags.Static, parameters)
            ?? throw new InternalCompilerException($"the runtime has no {type}.{name}"));

    /// <summary>The vector of zeros.</summary>
    private static VectorStep Zero(Type lane) => Exact(Of(lane), "get_Zero");

    private static Type Of(Type lane) => typeof(Vector128<>).MakeGenericType(lane);
}
