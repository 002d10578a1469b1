using System.ComponentModel;
using System.Runtime.Intrinsics;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>
/// What compiled functions of an instance work on: each receives it as its last argument. A compiled module derives a
/// class with a field for each memory, table, global and imported function. For compiled code only.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class InstanceContext
{
    /// <summary>
    /// The lowest address that the stack may reach; the highest address there is while an interruption is pending.
    /// </summary>
    public nuint StackLimit;

    /// <summary>Not 0 while an interruption is pending: loops read it.</summary>
    public int IsInterrupted;

    /// <summary>The fuel counter, where the engine counts fuel.</summary>
    public FuelTank Fuel = null!;

    /// <summary>Globals that have no field of their own.</summary>
    public Global[] Globals = [];

    /// <summary>Imported functions that have no fields of their own.</summary>
    public Function[] Imports = [];

    /// <summary>Tables that have no field of their own.</summary>
    public Table[] Tables = [];

    /// <summary>Types that have no field of their own.</summary>
    public DefinedType[] Types = [];

    /// <summary>0, for where RyuJIT must not know that it is 0.</summary>
    public float Zero32;

    /// <summary>-0, likewise.</summary>
    public float MinusZero32 = -0f;

    /// <summary>1, likewise.</summary>
    public float One32 = 1f;

    /// <summary>-1, likewise.</summary>
    public float MinusOne32 = -1f;

    /// <summary>0, likewise.</summary>
    public double Zero64;

    /// <summary>-0, likewise.</summary>
    public double MinusZero64 = -0d;

    /// <summary>1, likewise.</summary>
    public double One64 = 1d;

    /// <summary>-1, likewise.</summary>
    public double MinusOne64 = -1d;

    /// <summary>0, likewise.</summary>
    public int NoBits32;

    /// <summary>0, likewise.</summary>
    public long NoBits64;

    /// <summary>0, likewise.</summary>
    public Vector128<byte> ZeroV128;

    /// <summary>Where an i32 ends that nothing uses, so that computing it is not left out.</summary>
    public int UnusedI32;

    /// <summary>Likewise, an i64.</summary>
    public long UnusedI64;

    /// <summary>Likewise, an f32.</summary>
    public float UnusedF32;

    /// <summary>Likewise, an f64.</summary>
    public double UnusedF64;

    /// <summary>Likewise, a v128.</summary>
    public Vector128<byte> UnusedV128;

    internal Instance Instance { get; set; } = null!;

    /// <summary>Fills the fields of the derived class.</summary>
    public abstract void Bind(InstanceBindings bindings);

    /// <summary>A reference to function <paramref name="index"/>: the same object every time.</summary>
    public static Function GetFunction(InstanceContext context, int index) => context.Instance.FunctionAt(index);

    /// <summary>Reached when the stack check at a function's entry fails: throws the trap that is due.</summary>
    public static void StackCheckFailed(InstanceContext context) => context.Instance.Store.OnStackCheckFailed();
}
