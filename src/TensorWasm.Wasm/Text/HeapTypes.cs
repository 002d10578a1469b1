namespace TensorWasm.Wasm.Text;

/// <summary>Keywords of abstract heap types and of the references to them (section 6.4).</summary>
internal static class HeapTypes
{
    /// <summary>The heap type that a keyword names.</summary>
    public static HeapType? TryParse(Token token, TokenReader reader) =>
        token.Kind != TokenKind.Keyword ? null : reader.TextOf(token) switch
        {
            "any" => HeapType.Any,
            "eq" => HeapType.Eq,
            "i31" => HeapType.I31,
            "struct" => HeapType.Struct,
            "array" => HeapType.Array,
            "func" => HeapType.Func,
            "extern" => HeapType.Extern,
            "exn" => HeapType.Exn,
            "none" => HeapType.None,
            "nofunc" => HeapType.NoFunc,
            "noextern" => HeapType.NoExtern,
            "noexn" => HeapType.NoExn,
            _ => null,
        };

    /// <summary>The heap type to which a keyword such as <c>funcref</c> is a nullable reference.</summary>
    public static HeapType? TryParseReference(Token token, TokenReader reader) =>
        token.Kind != TokenKind.Keyword ? null : reader.TextOf(token) switch
        {
            "anyref" => HeapType.Any,
            "eqref" => HeapType.Eq,
            "i31ref" => HeapType.I31,
            "structref" => HeapType.Struct,
            "arrayref" => HeapType.Array,
            "funcref" => HeapType.Func,
            "externref" => HeapType.Extern,
            "exnref" => HeapType.Exn,
            "nullref" => HeapType.None,
            "nullfuncref" => HeapType.NoFunc,
            "nullexternref" => HeapType.NoExtern,
            "nullexnref" => HeapType.NoExn,
            _ => null,
        };
}
