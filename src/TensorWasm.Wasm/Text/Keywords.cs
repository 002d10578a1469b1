using System.Collections.Frozen;

namespace TensorWasm.Wasm.Text;

/// <summary>The keywords of the text format: a word that is none is an "unknown operator".</summary>
internal static class Keywords
{
    private static readonly FrozenDictionary<string, OpcodeInfo> Instructions =
        OpcodeTable.All.GroupBy(row => row.Name).ToFrozenDictionary(rows => rows.Key, rows => rows.First());

    private static readonly FrozenSet<string> Others = new[]
    {
        "i8", "i16", "i32", "i64", "f32", "f64", "v128", "any", "eq", "i31", "struct", "array", "func", "extern", "exn",
        "none", "nofunc", "noextern", "noexn", "anyref", "eqref", "i31ref", "structref", "arrayref", "funcref",
        "externref", "exnref", "nullref", "nullfuncref", "nullexternref", "nullexnref", "ref", "null", "mut", "field",
        "sub", "final", "rec", "type", "param", "result", "local", "then", "catch", "catch_ref", "catch_all",
        "catch_all_ref", "i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2", "module", "table", "memory", "global",
        "tag", "elem", "data", "offset", "item", "declare", "start", "import", "export", "shared", "binary", "quote",
        "definition", "instance", "script", "register", "invoke", "get", "either", "input", "output", "thread", "wait",
        "assert_return", "assert_trap", "assert_exhaustion", "assert_invalid", "assert_invalid_custom",
        "assert_malformed", "assert_malformed_custom", "assert_unlinkable", "assert_exception", "ref.extern",
        "ref.host", "ref.any", "ref.exn", "ref.i31", "ref.struct", "ref.array", "ref.eq", "nan:canonical",
        "nan:arithmetic",
    }.ToFrozenSet();

    /// <summary>The first instruction of this name.</summary>
    public static OpcodeInfo? Instruction(ReadOnlySpan<byte> word)
    {
        Span<char> chars = stackalloc char[64];
        if (word.Length > chars.Length) return null;
        System.Text.Encoding.Latin1.GetChars(word, chars);
        return Instructions.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(chars[..word.Length], out var row)
            ? row
            : null;
    }

    public static bool IsKnown(ReadOnlySpan<byte> word)
    {
        if (Instruction(word) is not null || word.StartsWith("offset="u8) || word.StartsWith("align="u8)) return true;
        Span<char> chars = stackalloc char[64];
        if (word.Length > chars.Length) return false;
        System.Text.Encoding.Latin1.GetChars(word, chars);
        return Others.GetAlternateLookup<ReadOnlySpan<char>>().Contains(chars[..word.Length]);
    }
}
