using TensorWasm.Wasm;

namespace TensorWasm.Fuzz;

/// <summary>The instructions that expressions are made of, by the letter of their result.</summary>
internal static class Instructions
{
    private static readonly string[] KeepNaN =
        [".neg", ".abs", ".copysign", ".pmin", ".pmax", ".eq", ".ne", ".lt", ".gt", ".le", ".ge"];

    /// <summary>Instructions without immediates whose operands and result are numbers or vectors.</summary>
    internal static readonly Dictionary<char, OpcodeInfo[]> Numeric = ByResult(ImmediateKind.None);

    internal static readonly Dictionary<char, OpcodeInfo[]> Lane = ByResult(ImmediateKind.Lane);

    internal static readonly Dictionary<char, OpcodeInfo[]> Load = ByResult(ImmediateKind.MemoryArgument);

    internal static readonly OpcodeInfo[] Stores =
        [.. Rows(ImmediateKind.MemoryArgument).Where(row => row.Results.Length == 0)];

    internal static readonly OpcodeInfo[] LaneAccesses = [.. Rows(ImmediateKind.MemoryArgumentLane)];

    /// <summary>
    /// The letter of the lane type whose NaNs an instruction may make of any payload (specification, section 4.3.3,
    /// "NaN Propagation"); a space where it makes none.
    /// </summary>
    internal static char NaNOf(OpcodeInfo row)
    {
        var name = row.Name;
        if (KeepNaN.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal))) return ' ';
        if (name.Contains("reinterpret", StringComparison.Ordinal) || name.Contains("convert", StringComparison.Ordinal)) return ' ';
        if (name.Contains("splat", StringComparison.Ordinal)) return ' ';
        return name.StartsWith("f32", StringComparison.Ordinal) ? 'f' : name.StartsWith("f64", StringComparison.Ordinal) ? 'd' : ' ';
    }

    /// <summary>Whether an instruction gives the same for any payload of a NaN operand, other than by passing it on.</summary>
    internal static bool IsBlindToPayload(OpcodeInfo row) =>
        !row.Name.Contains("reinterpret", StringComparison.Ordinal)
        && !row.Name.EndsWith("copysign", StringComparison.Ordinal)
        && !row.Name.Contains("splat", StringComparison.Ordinal);

    /// <summary>Whether an instruction traps for some operands.</summary>
    internal static bool MayTrap(OpcodeInfo row) =>
        row.Results is "i" or "l"
        && (IsDivision(row)
            || row.Name.Contains(".trunc_", StringComparison.Ordinal) && !row.Name.Contains("_sat_", StringComparison.Ordinal));

    internal static bool IsDivision(OpcodeInfo row) =>
        row.Results is "i" or "l"
        && (row.Name.Contains(".div_", StringComparison.Ordinal) || row.Name.Contains(".rem_", StringComparison.Ordinal));

    private static Dictionary<char, OpcodeInfo[]> ByResult(ImmediateKind kind) =>
        "ilfdv".ToDictionary(letter => letter, letter => Rows(kind).Where(row => row.Results == letter.ToString()).ToArray());

    private static IEnumerable<OpcodeInfo> Rows(ImmediateKind kind) => OpcodeTable.All.Where(row =>
        row.Immediate == kind
        && row.IsSimple
        && row.Operands.All("ilfdva".Contains)
        && !row.Name.Contains("relaxed", StringComparison.Ordinal)
        && !row.Name.Contains("atomic", StringComparison.Ordinal)
        && row.Opcode != Opcode.Nop);
}
