using System.Globalization;

namespace TensorWasm.Ptx.Isa;

/// <summary>Reads the operand column of the whitelist; the notation is described at the table's top.</summary>
internal static class OperandSpecParser
{
    public static OperandSpec Parse(string cell, IReadOnlyDictionary<string, string> captures)
    {
        bool written = cell[0] is '=' or '+';
        var spec = new OperandSpec
        {
            Kind = OperandKind.Value,
            IsWritten = written,
            IsRead = !written || cell[0] == '+',
        };
        string body = written ? cell[1..] : cell;
        int bar = body.IndexOf('|', StringComparison.Ordinal);
        if (bar >= 0)
        {
            spec = spec with { PairType = PtxType.Get(body[(bar + 1)..].TrimEnd('?')) };
            body = body[..bar];
        }

        if (body.EndsWith('?'))
        {
            spec = spec with { IsOptional = true };
            body = body[..^1];
        }

        if (body.EndsWith('@'))
        {
            spec = spec with { CanBeSpecial = true };
            body = body[..^1];
        }

        if (body[0] == '!')
        {
            spec = spec with { CanNegate = true };
            body = body[1..];
        }

        return ParseBody(spec, body, captures);
    }

    private static OperandSpec ParseBody(OperandSpec spec, string body, IReadOnlyDictionary<string, string> captures)
    {
        int colon = body.IndexOf(':', StringComparison.Ordinal);
        string head = colon < 0 ? body : body[..colon];
        string tail = colon < 0 ? "" : body[(colon + 1)..];
        switch (head)
        {
            case "mem":
                return spec with
                {
                    Kind = OperandKind.Memory,
                    Space = StateSpaces.Parse(tail.Length > 0 ? tail : captures.GetValueOrDefault("S")),
                };
            case "imm":
                string[] range = tail.Split("..");
                return spec with
                {
                    Kind = OperandKind.Immediate,
                    Minimum = long.Parse(range[0], CultureInfo.InvariantCulture),
                    Maximum = long.Parse(range[1], CultureInfo.InvariantCulture),
                };
            case "label":
                return spec with { Kind = OperandKind.Label };
            case "table":
                return spec with { Kind = OperandKind.Table };
            case "descriptor":
                return spec with { Kind = OperandKind.Descriptor, Type = PtxType.U64 };
            case "address":
                return spec with { Type = PtxType.B64 };
            case "pack":
                return spec with { Kind = OperandKind.Packed, Type = TypeOf(tail, captures) };
            case "wide":
                PtxType narrow = TypeOf(tail, captures);
                return spec with { Type = PtxType.Get($"{narrow.Name[0]}{narrow.Bits * 2}") };
            case "acc":
                return Accumulator(spec, captures);
            default:
                return ParseValue(spec, body, captures);
        }
    }

    private static OperandSpec ParseValue(OperandSpec spec, string body, IReadOnlyDictionary<string, string> captures)
    {
        int bracket = body.IndexOf('[', StringComparison.Ordinal);
        if (bracket < 0)
        {
            return spec with { Type = TypeOf(body, captures) };
        }

        string count = body[(bracket + 1)..^1];
        string? digits = char.IsAsciiDigit(count[0]) ? count : captures.GetValueOrDefault(count)?[1..];
        return spec with
        {
            Type = TypeOf(body[..bracket], captures),
            Count = digits is null ? 0 : int.Parse(digits, CultureInfo.InvariantCulture),
        };
    }

    /// <summary>m64nN: 64*N results over 128 threads, two f16 to a register (PTX ISA 9.7.15.5).</summary>
    private static OperandSpec Accumulator(OperandSpec spec, IReadOnlyDictionary<string, string> captures)
    {
        string shape = captures["shape"];
        int n = int.Parse(shape.AsSpan(4, shape.IndexOf('k', StringComparison.Ordinal) - 4), CultureInfo.InvariantCulture);
        return captures["T"] == "f16"
            ? spec with { Type = PtxType.B32, Count = n / 4 }
            : spec with { Type = PtxType.Get(captures["T"]), Count = n / 2 };
    }

    private static PtxType TypeOf(string name, IReadOnlyDictionary<string, string> captures) =>
        PtxType.Get(captures.GetValueOrDefault(name, name));
}
