using System.ComponentModel;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>Where host code enters guest code: what <see cref="EntryThunk"/> emits calls to. For emitted code only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GuestBoundary
{
    /// <summary>Marks the store as run by this thread; false if the thread has less stack left than guests may use.</summary>
    /// <exception cref="InvalidOperationException">Another thread runs a guest of the store.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    public static bool TryEnter(Function function) => function.Store is not { } store || store.TryEnter();

    /// <summary>Undoes <see cref="TryEnter"/>.</summary>
    public static void Exit(Function function) => function.Store?.Exit();

    /// <summary>Makes the call on a thread with as much stack as the store grants to guests.</summary>
    public static object? InvokeOnOwnThread(Function function, object?[] arguments) =>
        GuestThread.Run(
            function.Store!.Limits.MaxStackBytes,
            () => EntryThunk.For(function.DefinedType).Invoke(function, arguments));

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
