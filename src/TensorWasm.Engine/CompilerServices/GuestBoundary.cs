using System.ComponentModel;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>Where host code enters guest code: what <see cref="EntryThunk"/> emits calls to. For emitted code only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GuestBoundary
{
    /// <summary>Whether the call must be made on a thread with more stack.</summary>
    public static bool NeedsOwnThread(Function function) => function.Instance is { } instance && instance.Store.NeedsOwnThread();

    /// <summary>Makes the call on a thread with as much stack as the store grants to guests.</summary>
    public static object? InvokeOnOwnThread(Function function, object?[] arguments) =>
        GuestThread.Run(function.Instance!.Store.Limits.MaxStackBytes, () => EntryThunk.For(function.DefinedType).Invoke(function, arguments));

    /// <summary>Marks the store as run by this thread; null for a function of the host.</summary>
    public static Store? Enter(Function function)
    {
        var store = function.Instance?.Store;
        store?.Enter();
        return store;
    }

    /// <summary>Undoes <see cref="Enter"/>.</summary>
    public static void Exit(Store? store) => store?.Exit();

    /// <summary>
    /// An exception filter: whether an exception is a hardware fault or arithmetic error of a guest's own instruction.
    /// Anything else, exceptions of host functions above all, passes as it is.
    /// </summary>
    public static bool IsTrap(object exception) =>
        exception is NullReferenceException or DivideByZeroException or OverflowException or IndexOutOfRangeException
        && Backtrace.IsThrownByGuest((Exception)exception);

    /// <summary>Throws the trap that such an exception means.</summary>
    public static void ThrowTrap(object exception)
    {
        var code = exception switch
        {
            DivideByZeroException => TrapCode.IntegerDivideByZero,
            OverflowException => TrapCode.IntegerOverflow,
            IndexOutOfRangeException => TrapCode.UndefinedElement,
            _ => TrapCode.MemoryOutOfBounds,
        };
        throw new TrapException(code, (Exception)exception);
    }
}
