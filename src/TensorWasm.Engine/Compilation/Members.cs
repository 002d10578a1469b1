using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Intrinsics;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>The members that emitted code names, found once.</summary>
internal static class Members
{
    // First, since what follows is looked up through it.
    private static readonly ConcurrentDictionary<(Type, string), MethodInfo> Methods = [];

    internal static readonly FieldInfo StackLimit = Field<InstanceContext>(nameof(InstanceContext.StackLimit));
    internal static readonly FieldInfo IsInterrupted = Field<InstanceContext>(nameof(InstanceContext.IsInterrupted));
    internal static readonly FieldInfo Fuel = Field<InstanceContext>(nameof(InstanceContext.Fuel));
    internal static readonly FieldInfo NoBits32 = Field<InstanceContext>(nameof(InstanceContext.NoBits32));
    internal static readonly FieldInfo ZeroVector = Field<InstanceContext>(nameof(InstanceContext.ZeroV128));
    internal static readonly FieldInfo NoBits64 = Field<InstanceContext>(nameof(InstanceContext.NoBits64));
    internal static readonly FieldInfo ContextGlobals = Field<InstanceContext>(nameof(InstanceContext.Globals));
    internal static readonly FieldInfo ContextImports = Field<InstanceContext>(nameof(InstanceContext.Imports));
    internal static readonly FieldInfo ContextTables = Field<InstanceContext>(nameof(InstanceContext.Tables));
    internal static readonly FieldInfo ContextTypes = Field<InstanceContext>(nameof(InstanceContext.Types));
    internal static readonly FieldInfo BoundFunctions = Field<InstanceBindings>(nameof(InstanceBindings.Functions));
    internal static readonly FieldInfo BoundMemories = Field<InstanceBindings>(nameof(InstanceBindings.Memories));
    internal static readonly FieldInfo BoundBases = Field<InstanceBindings>(nameof(InstanceBindings.MemoryBases));
    internal static readonly FieldInfo BoundTables = Field<InstanceBindings>(nameof(InstanceBindings.Tables));
    internal static readonly FieldInfo BoundGlobals = Field<InstanceBindings>(nameof(InstanceBindings.Globals));
    internal static readonly FieldInfo BoundTypes = Field<InstanceBindings>(nameof(InstanceBindings.Types));
    internal static readonly FieldInfo FunctionCode = Field<Function>(nameof(Function.Code));
    internal static readonly FieldInfo FunctionContext = Field<Function>(nameof(Function.Context));
    internal static readonly FieldInfo FunctionDefinedType = Field<Function>(nameof(Function.DefinedType));
    internal static readonly FieldInfo TableFunctions = Field<Table>(nameof(Table.Functions));

    private static readonly FieldInfo GlobalI32 = Field<Global>(nameof(Global.I32));
    private static readonly FieldInfo GlobalI64 = Field<Global>(nameof(Global.I64));
    private static readonly FieldInfo GlobalF32 = Field<Global>(nameof(Global.F32));
    private static readonly FieldInfo GlobalF64 = Field<Global>(nameof(Global.F64));
    private static readonly FieldInfo GlobalV128 = Field<Global>(nameof(Global.V128));
    private static readonly FieldInfo GlobalReference = Field<Global>(nameof(Global.Reference));

    internal static readonly MethodInfo GetFunction = Method(typeof(InstanceContext), nameof(InstanceContext.GetFunction));

    internal static readonly MethodInfo StackCheckFailed =
        Method(typeof(InstanceContext), nameof(InstanceContext.StackCheckFailed));

    internal static readonly MethodInfo ConsumeFuel = Method(typeof(FuelTank), nameof(FuelTank.Consume));

    internal static readonly ConstructorInfo ContextConstructor =
        typeof(InstanceContext).GetConstructor(BindingFlags.NonPublic | BindingFlags.Instance, [])!;

    internal static readonly MethodInfo CreateVector =
        typeof(Vector128).GetMethod(nameof(Vector128.Create), [typeof(ulong), typeof(ulong)])!;

    private static readonly FieldInfo UnusedI32 = Field<InstanceContext>(nameof(InstanceContext.UnusedI32));
    private static readonly FieldInfo UnusedI64 = Field<InstanceContext>(nameof(InstanceContext.UnusedI64));
    private static readonly FieldInfo UnusedF32 = Field<InstanceContext>(nameof(InstanceContext.UnusedF32));
    private static readonly FieldInfo UnusedF64 = Field<InstanceContext>(nameof(InstanceContext.UnusedF64));
    private static readonly FieldInfo UnusedV128 = Field<InstanceContext>(nameof(InstanceContext.UnusedV128));

    /// <summary>The field in which a value ends that nothing uses.</summary>
    internal static FieldInfo Unused(ValueKind kind) => kind switch
    {
        ValueKind.I32 => UnusedI32,
        ValueKind.I64 => UnusedI64,
        ValueKind.F32 => UnusedF32,
        ValueKind.F64 => UnusedF64,
        _ => UnusedV128,
    };

    internal static MethodInfo Method(Type type, string name) =>
        Methods.GetOrAdd((type, name), static key =>
            key.Item1.GetMethod(key.Item2, BindingFlags.Public | BindingFlags.Static)
            ?? throw new InternalCompilerException($"{key.Item1.Name} has no public static method {key.Item2}"));

    internal static FieldInfo GlobalValue(ValueKind kind) => kind switch
    {
        ValueKind.I32 => GlobalI32,
        ValueKind.I64 => GlobalI64,
        ValueKind.F32 => GlobalF32,
        ValueKind.F64 => GlobalF64,
        ValueKind.V128 => GlobalV128,
        _ => GlobalReference,
    };

    /// <summary>The field of the context that holds 0, -0, 1 or -1.</summary>
    internal static FieldInfo Identity(ValueKind kind, double value)
    {
        var isNegative = double.IsNegative(value);
        return Field<InstanceContext>((kind, value == 0, isNegative) switch
        {
            (ValueKind.F32, true, false) => nameof(InstanceContext.Zero32),
            (ValueKind.F32, true, true) => nameof(InstanceContext.MinusZero32),
            (ValueKind.F32, false, false) => nameof(InstanceContext.One32),
            (ValueKind.F32, false, true) => nameof(InstanceContext.MinusOne32),
            (_, true, false) => nameof(InstanceContext.Zero64),
            (_, true, true) => nameof(InstanceContext.MinusZero64),
            (_, false, false) => nameof(InstanceContext.One64),
            (_, false, true) => nameof(InstanceContext.MinusOne64),
        });
    }

    private static FieldInfo Field<T>(string name) =>
        typeof(T).GetField(name) ?? throw new InternalCompilerException($"{typeof(T).Name} has no public field {name}");
}
