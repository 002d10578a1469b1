namespace TensorWasm.Wasm;

/// <summary>A function type, or that of a block, as the function validator needs it.</summary>
internal sealed record Signature(StackType[] Parameters, StackType[] Results)
{
    private static readonly Signature[] ToNumbers =
        [.. Enumerable.Range(0, (int)StackType.V128 + 1).Select(i => new Signature([], StackTypes.ListOf((StackType)i)))];

    internal static Signature Empty { get; } = new([], []);

    /// <summary>A block without parameters and with one result of a number or vector type.</summary>
    internal static Signature ToNumber(StackType result) => ToNumbers[(int)result];
}
