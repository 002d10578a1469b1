using System.ComponentModel;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>A store's fuel: compiled code subtracts what it is about to use.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class FuelTank
{
    /// <summary>What is left.</summary>
    public long Remaining;

    /// <summary>Takes <paramref name="amount"/>, or traps when there is less.</summary>
    public static void Consume(FuelTank tank, long amount)
    {
        if ((tank.Remaining -= amount) < 0) TrapThrow.OutOfFuel();
    }
}
