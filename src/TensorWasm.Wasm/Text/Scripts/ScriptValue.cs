namespace TensorWasm.Wasm.Text;

/// <summary>A value that a script writes down.</summary>
/// <param name="Type">
/// Its type: of a null reference, the heap type that the script names; of <c>ref.extern n</c>, a non-null
/// <c>extern</c>; of <c>ref.host n</c>, a non-null <c>any</c>.
/// </param>
/// <param name="Bits">The bits of a number or vector; the number of a host's or external reference; 0 for null.</param>
public readonly record struct ScriptValue(ValueType Type, UInt128 Bits)
{
    /// <summary>Whether this is a null reference.</summary>
    public bool IsNull => Type is { IsReference: true, IsNullable: true };
}
