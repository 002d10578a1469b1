using System.Reflection.Emit;

namespace TensorWasm.Engine.Tests;

/// <summary>Accesses as compiled guests make them: base + 32-bit index + 32-bit offset, nothing checked.</summary>
internal static class Emitted
{
    internal static readonly Func<nint, uint, uint, int> Load8 = Load<int>(OpCodes.Ldind_U1);
    internal static readonly Func<nint, uint, uint, int> Load16 = Load<int>(OpCodes.Ldind_U2);
    internal static readonly Func<nint, uint, uint, int> Load32 = Load<int>(OpCodes.Ldind_I4);
    internal static readonly Func<nint, uint, uint, long> Load64 = Load<long>(OpCodes.Ldind_I8);
    internal static readonly Action<nint, uint, uint, int> Store8 = Store<int>(OpCodes.Stind_I1);
    internal static readonly Action<nint, uint, uint, int> Store16 = Store<int>(OpCodes.Stind_I2);
    internal static readonly Action<nint, uint, uint, int> Store32 = Store<int>(OpCodes.Stind_I4);
    internal static readonly Action<nint, uint, uint, long> Store64 = Store<long>(OpCodes.Stind_I8);

    private static Func<nint, uint, uint, T> Load<T>(OpCode load)
    {
        var method = new DynamicMethod("load", typeof(T), [typeof(nint), typeof(uint), typeof(uint)], true);
        var il = method.GetILGenerator();
        EmitAddress(il);
        il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(load);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<nint, uint, uint, T>>();
    }

    private static Action<nint, uint, uint, T> Store<T>(OpCode store)
    {
        var method = new DynamicMethod("store", null, [typeof(nint), typeof(uint), typeof(uint), typeof(T)], true);
        var il = method.GetILGenerator();
        EmitAddress(il);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(store);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Action<nint, uint, uint, T>>();
    }

    private static void EmitAddress(ILGenerator il)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Conv_U8);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Conv_U8);
        il.Emit(OpCodes.Add);
    }
}
