using System.ComponentModel;
using System.Runtime.CompilerServices;

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

    /// <summary>Checks a reference that the host passes.</summary>
    /// <exception cref="ArgumentException">It is not of the parameter's type, or a function of another store.</exception>
    public static void CheckArgument(Function function, int parameter, object? value)
    {
        Values.Check(value, function.DefinedType.Parameters[parameter]);
        Values.CheckStore(value, function.Store);
    }

    /// <summary>Checks a function that a host function returns to an instance.</summary>
    /// <exception cref="ArgumentException">It is a function of another store.</exception>
    public static Function? CheckResult(Function? result, Instance? caller)
    {
        Values.CheckStore(result, caller?.Store);
        return result;
    }

    /// <summary>Checks the functions among the results that a host function returns to an instance.</summary>
    /// <exception cref="ArgumentException">There is a function of another store.</exception>
    public static T CheckResults<T>(T results, Instance? caller)
        where T : struct, ITuple
    {
        for (var i = 0; i < results.Length; i++) Values.CheckStore(results[i], caller?.Store);
        return results;
    }

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
