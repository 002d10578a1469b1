using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>
/// Lets guests call delegates of one type: a method with a compiled function's signature whose context is the delegate,
/// or, where the delegate wants its <see cref="Caller"/>, a <see cref="HostBinding"/>.
/// </summary>
internal sealed class HostThunk
{
    private static readonly ConditionalWeakTable<Type, HostThunk> Cache = [];

    private readonly Type _type;

    private HostThunk(Type delegateType)
    {
        var invoke = delegateType.GetMethod("Invoke")!;
        var parameters = invoke.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        TakesCaller = parameters.Length > 0 && parameters[0] == typeof(Caller);
        if (TakesCaller) parameters = parameters[1..];
        DefinedType = DefinedType.ForFunction(new FunctionType(
            [.. parameters.Select(parameter => TypeOf(parameter, delegateType))],
            [.. Results(invoke.ReturnType).Select(result => TypeOf(result, delegateType))]));

        var returnsFunction = Results(invoke.ReturnType).Contains(typeof(Function));
        NeedsInstance = TakesCaller || returnsFunction;

        var builder = new ThunkBuilder(delegateType.Name);
        var il = builder.Define("Call", invoke.ReturnType, [.. parameters, typeof(object)]);
        il.Emit(OpCodes.Ldarg, parameters.Length);
        if (NeedsInstance) il.Emit(OpCodes.Ldfld, typeof(HostBinding).GetField(nameof(HostBinding.Callback))!);
        if (TakesCaller)
        {
            EmitInstance();
            il.Emit(OpCodes.Newobj, typeof(Caller).GetConstructor([typeof(Instance)])!);
        }
        for (var i = 0; i < parameters.Length; i++) il.Emit(OpCodes.Ldarg, i);
        il.Emit(OpCodes.Callvirt, invoke);
        if (returnsFunction)
        {
            EmitInstance();
            il.Emit(OpCodes.Call, invoke.ReturnType == typeof(Function)
                ? typeof(GuestBoundary).GetMethod(nameof(GuestBoundary.CheckResult))!
                : typeof(GuestBoundary).GetMethod(nameof(GuestBoundary.CheckResults))!.MakeGenericMethod(invoke.ReturnType));
        }
        il.Emit(OpCodes.Ret);
        _type = builder.Build();
        Code = ThunkBuilder.PointerTo(_type, "Call");

        void EmitInstance()
        {
            il.Emit(OpCodes.Ldarg, parameters.Length);
            il.Emit(OpCodes.Ldfld, typeof(HostBinding).GetField(nameof(HostBinding.Instance))!);
        }
    }

    internal nint Code { get; }

    internal DefinedType DefinedType { get; }

    private bool TakesCaller { get; }

    /// <summary>Whether its context is a <see cref="HostBinding"/>: it has to know which instance calls.</summary>
    private bool NeedsInstance { get; }

    internal static Function CreateFunction(Delegate callback)
    {
        var thunk = Cache.GetValue(callback.GetType(), static type => new HostThunk(type));
        return new Function(thunk, thunk.NeedsInstance ? new HostBinding(callback, null) : callback);
    }

    /// <summary>The function as an instance imports it: one that has to know its caller is bound to that instance.</summary>
    internal static Function BindTo(Function function, Instance caller) =>
        function.Context is HostBinding binding && binding.Instance is null
            ? new Function(Cache.GetValue(binding.Callback.GetType(), static type => new HostThunk(type)), new HostBinding(binding.Callback, caller))
            : function;

    private static IEnumerable<Type> Results(Type type)
    {
        if (type == typeof(void)) return [];
        if (!type.IsGenericType || !typeof(ITuple).IsAssignableFrom(type) || !type.IsValueType) return [type];
        var items = type.GetGenericArguments();
        return items.Length < 8 ? items : items[..7].Concat(Results(items[7]));
    }

    private static ValueType TypeOf(Type type, Type delegateType) =>
        type == typeof(int) || type == typeof(uint) ? ValueType.I32
        : type == typeof(long) || type == typeof(ulong) ? ValueType.I64
        : type == typeof(float) ? ValueType.F32
        : type == typeof(double) ? ValueType.F64
        : type == typeof(Vector128<byte>) ? ValueType.V128
        : type == typeof(Function) ? ValueType.FuncRef
        : type == typeof(object) ? ValueType.ExternRef
        : throw new ArgumentException(
            $"{delegateType}: {type} has no Wasm type; use int, long, float, double, Vector128<byte>, Function or object");
}
