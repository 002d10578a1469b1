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

    /// <summary>Takes what a bulk instruction costs beyond its price: 1 for each 64 bytes or elements begun.</summary>
    public static void ConsumeBulk(FuelTank tank, ulong count)
    {
        // More than a tank can hold traps either way; the instruction itself would be out of bounds.
        Consume(tank, (long)Math.Min((count + 63) / 64, long.MaxValue / 2));
    }
}
