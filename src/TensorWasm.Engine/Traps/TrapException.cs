using System.Text;

namespace TensorWasm.Engine;

/// <summary>
/// A guest's execution was aborted by a trap (core specification, section 4.2.12 and 4.6). The instance stays usable;
/// what the guest wrote before the trap stays written.
/// </summary>
public sealed class TrapException : Exception
{
    /// <summary>A trap with the message that the specification's tests use for its code.</summary>
    /// <param name="code">Why the guest was stopped.</param>
    public TrapException(TrapCode code)
        : this(code, MessageOf(code))
    {
    }

    /// <summary>A trap with its own message.</summary>
    /// <param name="code">Why the guest was stopped.</param>
    /// <param name="message">What a person should read.</param>
    public TrapException(TrapCode code, string message)
        : base(message) => Code = code;

    /// <summary>A trap that was recognised from another exception, such as a hardware fault's.</summary>
    /// <param name="code">Why the guest was stopped.</param>
    /// <param name="inner">The exception behind the trap.</param>
    public TrapException(TrapCode code, Exception inner)
        : base(MessageOf(code), inner) => Code = code;

    /// <summary>Why the guest was stopped.</summary>
    public TrapCode Code { get; }

    /// <summary>The guest functions that were active, innermost first; empty when none is known.</summary>
    /// <remarks>Found when first asked for: most traps are never looked at, and deep stacks take a while.</remarks>
    public IReadOnlyList<TrapFrame> Frames => _frames ??= Backtrace.Of(InnerException ?? this);

    private IReadOnlyList<TrapFrame>? _frames;

    /// <summary>The words of the specification's tests for a code.</summary>
    /// <param name="code">The code.</param>
    /// <returns>The message, in lower case and without a full stop.</returns>
    public static string MessageOf(TrapCode code) => code switch
    {
        TrapCode.Unreachable => "unreachable",
        TrapCode.MemoryOutOfBounds => "out of bounds memory access",
        TrapCode.TableOutOfBounds => "out of bounds table access",
        TrapCode.UndefinedElement => "undefined element",
        TrapCode.IndirectCallToNull => "uninitialized element",
        TrapCode.BadSignature => "indirect call type mismatch",
        TrapCode.IntegerOverflow => "integer overflow",
        TrapCode.IntegerDivideByZero => "integer divide by zero",
        TrapCode.InvalidConversionToInteger => "invalid conversion to integer",
        TrapCode.StackOverflow => "call stack exhausted",
        TrapCode.OutOfFuel => "all fuel consumed",
        TrapCode.Interrupted => "interrupted",
        TrapCode.NullReference => "null reference",
        TrapCode.NullFunctionReference => "null function reference",
        TrapCode.NullStructureReference => "null structure reference",
        TrapCode.NullArrayReference => "null array reference",
        TrapCode.NullI31Reference => "null i31 reference",
        TrapCode.CastFailure => "cast failure",
        TrapCode.ArrayOutOfBounds => "out of bounds array access",
        TrapCode.UnalignedAtomic => "unaligned atomic",
        TrapCode.ExpectedSharedMemory => "expected shared memory",
        TrapCode.AllocationTooLarge => "allocation size too large",
        _ => "trap",
    };

    /// <summary>The message, the guest's backtrace, and the host's.</summary>
    public override string ToString()
    {
        if (Frames.Count == 0) return base.ToString();

        var text = new StringBuilder("wasm trap: ").Append(Message);
        foreach (var frame in Frames) text.Append("\n   at ").Append(frame);
        return text.Append('\n').Append(base.ToString()).ToString();
    }
}
