using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using TensorWasm.Engine.Compilation;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>
/// Lets host code call functions of one type: marks the store as entered, calls, and turns hardware faults into traps.
/// Made once for a function type, by emitting two methods: one with the types' own signature for delegates, one with
/// boxed values.
/// </summary>
internal sealed class EntryThunk
{
    private static readonly ConditionalWeakTable<DefinedType, EntryThunk> Cache = [];

    private readonly MethodInfo _typed;
    private readonly Func<Function, object?[], object?> _boxed;

    private EntryThunk(DefinedType definedType)
    {
        var type = (FunctionType)definedType.Composite;
        var result = ClrTypes.OfResults(type.Results);
        Type[] parameters = [.. type.Parameters.Select(ClrTypes.Of)];
        var builder = new ThunkBuilder(type.ToString());
        EmitTyped(builder.Define("Call", result, [typeof(Function), .. parameters]), type, result, parameters);
        var built = builder.Build();
        _typed = built.GetMethod("Call")!;

        var boxed = new ThunkBuilder(type.ToString());
        EmitBoxed(boxed.Define("Invoke", typeof(object), [typeof(Function), typeof(object[])]), result, parameters);
        _boxed = boxed.Build().GetMethod("Invoke")!.CreateDelegate<Func<Function, object?[], object?>>();
    }

    internal static EntryThunk For(DefinedType type) => Cache.GetValue(type, static key => new EntryThunk(key));

    internal object? Invoke(Function function, object?[] arguments) => _boxed(function, arguments);

    internal Delegate CreateDelegate(Type delegateType, Function function) =>
        Delegate.CreateDelegate(delegateType, function, _typed, throwOnBindFailure: false)
        ?? throw new ArgumentException($"{delegateType} does not fit a function of type {function.Type}");

    private static void EmitTyped(ILGenerator il, FunctionType type, Type result, Type[] parameters)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            if (!type.Parameters[i].IsReference) continue;
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldarg, i + 1);
            il.Emit(OpCodes.Call, Method(nameof(GuestBoundary.CheckArgument)));
        }

        // A guest that needs more stack than this thread has left runs elsewhere, with its arguments boxed.
        var here = il.DefineLabel();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, Method(nameof(GuestBoundary.TryEnter)));
        il.Emit(OpCodes.Brtrue, here);
        il.Emit(OpCodes.Ldarg_0);
        EmitArray(il, parameters.Length, i =>
        {
            il.Emit(OpCodes.Ldarg, i + 1);
            il.Emit(OpCodes.Box, parameters[i]);
        });
        il.Emit(OpCodes.Call, Method(nameof(GuestBoundary.InvokeOnOwnThread)));
        EmitUnboxResult(il, result);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(here);

        EmitGuarded(il, result, () =>
        {
            for (var i = 0; i < parameters.Length; i++) il.Emit(OpCodes.Ldarg, i + 1);
            EmitCall(il, result, parameters);
        });
        il.Emit(OpCodes.Ret);
    }

    private static void EmitBoxed(ILGenerator il, Type result, Type[] parameters)
    {
        var here = il.DefineLabel();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, Method(nameof(GuestBoundary.TryEnter)));
        il.Emit(OpCodes.Brtrue, here);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Call, Method(nameof(GuestBoundary.InvokeOnOwnThread)));
        il.Emit(OpCodes.Ret);
        il.MarkLabel(here);

        EmitGuarded(il, result, () =>
        {
            for (var i = 0; i < parameters.Length; i++)
            {
                il.Emit(OpCodes.Ldarg_1);
                il.Emit(OpCodes.Ldc_I4, i);
                il.Emit(OpCodes.Ldelem_Ref);
                il.Emit(OpCodes.Unbox_Any, parameters[i]);
            }
            EmitCall(il, result, parameters);
        });
        EmitBoxResult(il, result);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitCall(ILGenerator il, Type result, Type[] parameters)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, typeof(Function).GetField(nameof(Function.Context))!);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, typeof(Function).GetField(nameof(Function.Code))!);
        il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, result, [.. parameters, typeof(object)], null);
    }

    /// <summary>Runs a call in an entered store, and exits; its result is on the stack afterwards.</summary>
    private static void EmitGuarded(ILGenerator il, Type result, Action call)
    {
        var value = result == typeof(void) ? null : il.DeclareLocal(result);
        il.BeginExceptionBlock();
        il.BeginExceptionBlock();
        call();
        if (value is not null) il.Emit(OpCodes.Stloc, value);
        il.BeginExceptFilterBlock();
        il.Emit(OpCodes.Call, Method(nameof(GuestBoundary.IsTrap)));
        il.BeginCatchBlock(null!);
        il.Emit(OpCodes.Call, Method(nameof(GuestBoundary.ThrowTrap)));
        il.EndExceptionBlock();
        il.BeginFinallyBlock();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, Method(nameof(GuestBoundary.Exit)));
        il.EndExceptionBlock();
        if (value is not null) il.Emit(OpCodes.Ldloc, value);
    }

    /// <summary>Boxes the value on the stack; a tuple becomes an array, nothing becomes null.</summary>
    private static void EmitBoxResult(ILGenerator il, Type result)
    {
        if (result == typeof(void))
        {
            il.Emit(OpCodes.Ldnull);
        }
        else if (!IsTuple(result))
        {
            il.Emit(OpCodes.Box, result);
        }
        else
        {
            var tuple = il.DeclareLocal(result);
            il.Emit(OpCodes.Stloc, tuple);
            var fields = Fields(result).ToArray();
            EmitArray(il, fields.Length, i =>
            {
                il.Emit(OpCodes.Ldloca, tuple);
                foreach (var rest in fields[i][..^1]) il.Emit(OpCodes.Ldflda, rest);
                il.Emit(OpCodes.Ldfld, fields[i][^1]);
                il.Emit(OpCodes.Box, fields[i][^1].FieldType);
            });
        }
    }

    private static void EmitUnboxResult(ILGenerator il, Type result)
    {
        if (result == typeof(void))
        {
            il.Emit(OpCodes.Pop);
            return;
        }
        if (!IsTuple(result))
        {
            il.Emit(OpCodes.Unbox_Any, result);
            return;
        }
        var array = il.DeclareLocal(typeof(object[]));
        il.Emit(OpCodes.Castclass, typeof(object[]));
        il.Emit(OpCodes.Stloc, array);
        var index = 0;
        EmitTuple(result);

        void EmitTuple(Type tuple)
        {
            foreach (var item in tuple.GetGenericArguments())
            {
                if (IsTuple(item))
                {
                    EmitTuple(item);
                    continue;
                }
                il.Emit(OpCodes.Ldloc, array);
                il.Emit(OpCodes.Ldc_I4, index++);
                il.Emit(OpCodes.Ldelem_Ref);
                il.Emit(OpCodes.Unbox_Any, item);
            }
            il.Emit(OpCodes.Newobj, tuple.GetConstructors()[0]);
        }
    }

    private static void EmitArray(ILGenerator il, int count, Action<int> emitItem)
    {
        il.Emit(OpCodes.Ldc_I4, count);
        il.Emit(OpCodes.Newarr, typeof(object));
        for (var i = 0; i < count; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, i);
            emitItem(i);
            il.Emit(OpCodes.Stelem_Ref);
        }
    }

    private static bool IsTuple(Type type) => type.IsValueType && typeof(ITuple).IsAssignableFrom(type);

    /// <summary>The way to each item of a tuple: through its Rest fields.</summary>
    private static IEnumerable<FieldInfo[]> Fields(Type tuple)
    {
        foreach (var field in tuple.GetFields())
        {
            if (!IsTuple(field.FieldType))
            {
                yield return [field];
                continue;
            }
            foreach (var inner in Fields(field.FieldType)) yield return [field, .. inner];
        }
    }

    private static MethodInfo Method(string name) => typeof(GuestBoundary).GetMethod(name)!;
}
