using System.Diagnostics.CodeAnalysis;

namespace TensorWasm.Runtime;

/// <summary>
/// A value, or why there is none. What a tenant or a guest does wrong is an outcome, never an exception.
/// </summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly struct Outcome<T>
{
    private readonly T? _value;

    private Outcome(T? value, RuntimeError? error)
    {
        _value = value;
        Error = error;
    }

    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    /// <summary>Why there is no value; null where there is one.</summary>
    public RuntimeError? Error { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T Value => Error is null ? _value! : throw new InvalidOperationException(Error.ToString());

    /// <summary>Wraps a value.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>Wraps an error.</summary>
    public static implicit operator Outcome<T>(RuntimeError error) => new(default, error);

    /// <summary>The value or the error as text.</summary>
    public override string ToString() => Error?.ToString() ?? $"{_value}";
}
