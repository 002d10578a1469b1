using System.Globalization;
using System.Text.RegularExpressions;

namespace TensorWasm.Gpu.Attacks;

/// <summary>
/// Changes what a kernel's addresses are made of: registers, offsets, constants, widths, conditions, bounds. Most
/// results are valid PTX that computes nonsense; the same seed makes the same text.
/// </summary>
internal sealed partial class Mutator(Random random)
{
    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, 3, 4, 7, 8, 12, 16, -4, -16, 31, 32, 33, 63, 64, 255, 256, 4096, 65535, 65536, 1 << 20, int.MaxValue, int.MinValue,
        0xFFFF_FFFF, 0x8000_0000, 1L << 32, 1L << 35, 1L << 47, long.MaxValue, long.MinValue, -4294967296,
    ];

    /// <summary>A mutant.</summary>
    internal string Mutate(string text)
    {
        string[] lines = text.Split('\n');
        int[] code = [.. Enumerable.Range(0, lines.Length).Where(i => IsInstruction(lines[i]))];
        if (code.Length == 0)
        {
            return text;
        }

        var registers = RegisterName().Matches(text).Select(match => match.Value).Distinct().ToArray();
        for (var left = random.Next(1, 6); left > 0; left--)
        {
            var at = code[random.Next(code.Length)];
            lines[at] = Change(lines[at], registers);
        }

        return string.Join('\n', lines);
    }

    private static bool IsInstruction(string line)
    {
        var trimmed = line.AsSpan().Trim();
        return trimmed.Length > 3 && trimmed[^1] == ';' && (char.IsAsciiLetterLower(trimmed[0]) || trimmed[0] == '@');
    }

    private string Change(string line, string[] registers) => random.Next(12) switch
    {
        0 or 1 => Offset().IsMatch(line)
            ? Offset().Replace(line, match => $"[{match.Groups[1].Value}+{Number(32)}]", 1)
            : Constant(line),
        2 or 3 => Constant(line),
        4 or 5 => Swap(line, registers),
        6 => Guard().IsMatch(line)
            ? Guard().Replace(line, match => random.Next(2) == 0 ? "" : $"@{(match.Value.Contains('!', StringComparison.Ordinal) ? "" : "!")}{match.Groups[1].Value} ", 1)
            : Constant(line),
        7 => Comparison().Replace(line, match => $"setp.{Pick("lt", "le", "gt", "ge", "ne", "eq")}.", 1),
        8 => Types().Replace(line, _ => "." + Pick("u32", "s32", "u64", "s64", "b32", "b64", "u8", "u16", "f32", "f64"), 1),
        9 => Spaces().Replace(line, _ => Pick(".global", ".shared", ".local", ""), 1),
        10 => line + "\n" + line,
        _ => random.Next(3) == 0 ? "" : Operation().Replace(line, match => Pick("add", "sub", "mul.lo", "shl", "xor", "or", "min", "max"), 1),
    };

    private string Constant(string line) =>
        Literal().IsMatch(line) ? Literal().Replace(line, match => match.Groups[1].Value + Number(64), 1) : line;

    /// <summary>Another register of the same letters.</summary>
    private string Swap(string line, string[] registers)
    {
        var used = RegisterName().Matches(line);
        if (used.Count == 0)
        {
            return line;
        }

        var old = used[random.Next(used.Count)];
        var kind = old.Value.TrimEnd("0123456789".ToCharArray());
        var alike = registers.Where(name => name.TrimEnd("0123456789".ToCharArray()) == kind).ToArray();
        return string.Concat(line.AsSpan(0, old.Index), alike[random.Next(alike.Length)], line.AsSpan(old.Index + old.Length));
    }

    private string Number(int bits)
    {
        var number = random.Next(4) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63)
            : Numbers[random.Next(Numbers.Length)];
        return (bits == 32 && number is > int.MaxValue or < int.MinValue ? (int)number : number).ToString(CultureInfo.InvariantCulture);
    }

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];

    [GeneratedRegex(@"%[a-z]+\d+")]
    private static partial Regex RegisterName();

    [GeneratedRegex(@"\[([%\w$]+)(?:\+-?\d+)?\]")]
    private static partial Regex Offset();

    [GeneratedRegex(@"(, )-?\d+(?=[,;])")]
    private static partial Regex Literal();

    [GeneratedRegex(@"@!?(%p\d+)\s")]
    private static partial Regex Guard();

    [GeneratedRegex(@"setp\.\w+\.")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"\.[usbf](8|16|32|64)\b")]
    private static partial Regex Types();

    [GeneratedRegex(@"\.(global|shared|local)\b")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\b(add|sub|mul\.lo|shl|xor|or|min|max)\b")]
    private static partial Regex Operation();
}
