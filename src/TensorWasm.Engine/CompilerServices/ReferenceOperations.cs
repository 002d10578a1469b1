using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>Reference instructions and checks of indirect calls. For compiled code only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ReferenceOperations
{
    /// <summary><c>ref.as_non_null</c></summary>
    public static object AsNonNull(object? reference)
    {
        if (reference is null) TrapThrow.NullReference();
        return reference!;
    }

    /// <summary>The operand of <c>call_ref</c>, which may be null.</summary>
    public static Function AsCallable(object? reference)
    {
        if (reference is null) TrapThrow.NullFunctionReference();
        return Unsafe.As<Function>(reference!);
    }

    /// <summary>
    /// Reached when the type of an indirectly called function is not the expected one, which has no subtypes: traps.
    /// </summary>
    [DoesNotReturn]
    public static void ThrowIndirectCall(Function callee)
    {
        if (ReferenceEquals(callee, Function.Null)) TrapThrow.IndirectCallToNull();
        TrapThrow.BadSignature();
    }

    /// <summary>
    /// Reached when the type of an indirectly called function is not exactly the expected one: returns when it is a
    /// subtype, traps otherwise.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CheckIndirectCall(Function callee, DefinedType expected)
    {
        if (ReferenceEquals(callee, Function.Null)) TrapThrow.IndirectCallToNull();
        if (!callee.DefinedType.IsSubtypeOf(expected)) TrapThrow.BadSignature();
    }
}
