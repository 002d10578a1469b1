using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>
/// The traps that compiled guest code throws. Not for use by hand. None of the methods returns, and none is marked
/// against inlining: RyuJIT looks into such a callee, finds that it only throws, and moves the call out of the hot path.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TrapThrow
{
    /// <summary>Traps as <see cref="TrapCode.Unreachable"/>.</summary>
    [DoesNotReturn]
    public static void Unreachable() => throw new TrapException(TrapCode.Unreachable);

    /// <summary>Traps as <see cref="TrapCode.MemoryOutOfBounds"/>.</summary>
    [DoesNotReturn]
    public static void MemoryOutOfBounds() => throw new TrapException(TrapCode.MemoryOutOfBounds);

    /// <summary>Traps as <see cref="TrapCode.TableOutOfBounds"/>.</summary>
    [DoesNotReturn]
    public static void TableOutOfBounds() => throw new TrapException(TrapCode.TableOutOfBounds);

    /// <summary>Traps as <see cref="TrapCode.UndefinedElement"/>.</summary>
    [DoesNotReturn]
    public static void UndefinedElement() => throw new TrapException(TrapCode.UndefinedElement);

    /// <summary>Traps as <see cref="TrapCode.IndirectCallToNull"/>.</summary>
    [DoesNotReturn]
    public static void IndirectCallToNull() => throw new TrapException(TrapCode.IndirectCallToNull);

    /// <summary>Traps as <see cref="TrapCode.BadSignature"/>.</summary>
    [DoesNotReturn]
    public static void BadSignature() => throw new TrapException(TrapCode.BadSignature);

    /// <summary>Traps as <see cref="TrapCode.IntegerOverflow"/>.</summary>
    [DoesNotReturn]
    public static void IntegerOverflow() => throw new TrapException(TrapCode.IntegerOverflow);

    /// <summary>Traps as <see cref="TrapCode.IntegerDivideByZero"/>.</summary>
    [DoesNotReturn]
    public static void IntegerDivideByZero() => throw new TrapException(TrapCode.IntegerDivideByZero);

    /// <summary>Traps as <see cref="TrapCode.InvalidConversionToInteger"/>.</summary>
    [DoesNotReturn]
    public static void InvalidConversion() => throw new TrapException(TrapCode.InvalidConversionToInteger);

    /// <summary>Traps as <see cref="TrapCode.StackOverflow"/>.</summary>
    [DoesNotReturn]
    public static void StackOverflow() => throw new TrapException(TrapCode.StackOverflow);

    /// <summary>Traps as <see cref="TrapCode.OutOfFuel"/>.</summary>
    [DoesNotReturn]
    public static void OutOfFuel() => throw new TrapException(TrapCode.OutOfFuel);

    /// <summary>Traps as <see cref="TrapCode.Interrupted"/>.</summary>
    [DoesNotReturn]
    public static void Interrupted() => throw new TrapException(TrapCode.Interrupted);

    /// <summary>Traps as <see cref="TrapCode.NullReference"/>.</summary>
    [DoesNotReturn]
    public static void NullReference() => throw new TrapException(TrapCode.NullReference);

    /// <summary>Traps as <see cref="TrapCode.NullFunctionReference"/>.</summary>
    [DoesNotReturn]
    public static void NullFunctionReference() => throw new TrapException(TrapCode.NullFunctionReference);

    /// <summary>Traps as <see cref="TrapCode.CastFailure"/>.</summary>
    [DoesNotReturn]
    public static void CastFailure() => throw new TrapException(TrapCode.CastFailure);

    /// <summary>Traps as <see cref="TrapCode.ArrayOutOfBounds"/>.</summary>
    [DoesNotReturn]
    public static void ArrayOutOfBounds() => throw new TrapException(TrapCode.ArrayOutOfBounds);

    /// <summary>Traps as <see cref="TrapCode.UnalignedAtomic"/>.</summary>
    [DoesNotReturn]
    public static void UnalignedAtomic() => throw new TrapException(TrapCode.UnalignedAtomic);
}
