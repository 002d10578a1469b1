using System.Text;

namespace TensorWasm.Host.Tests;

/// <summary>Writes the reference of an interface.</summary>
internal static class ReferenceWriter
{
    internal static string Write(WitFile file)
    {
        var wit = file.Wit;
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append('\n');

        Line($"# `{wit.ModuleName}`");
        Line($"Made from `src/TensorWasm.Host/Wit/tensorwasm-{file.Name}.wit` by `WitTests`; a test compares them. "
            + $"[{file.Guide}]({file.Guide}) is the guide.");
        Line();
        Line(wit.PackageDocumentation);
        Line();
        Line(wit.Documentation);
        foreach (var choice in wit.Choices)
        {
            Line();
            Line($"## `{choice.Name}`");
            Line(choice.Documentation);
            Line();
            Line(choice.IsFlags ? "| bit | name | meaning |" : "| number | name | meaning |");
            Line("|---|---|---|");
            for (var i = 0; i < choice.Cases.Count; i++)
            {
                Line($"| {NumberOf(choice, i)} | `{choice.Cases[i].Name}` | {choice.Cases[i].Documentation} |");
            }
        }
        Line();
        Line("## Types");
        Line();
        Line("| name | is | meaning |");
        Line("|---|---|---|");
        foreach (var alias in wit.Aliases)
        {
            Line($"| `{alias.Name}` | `{alias.Type}` | {alias.Documentation} |");
        }
        foreach (var (title, prefixes) in file.Groups)
        {
            Line();
            Line($"## {title}");
            foreach (var function in wit.Functions.Where(f => prefixes.Any(p => f.Name.StartsWith(p, StringComparison.Ordinal))))
            {
                var core = string.Join(" ", function.Parameters.Select(p => wit.Flatten(p.Type)));
                Line();
                Line($"### `{function.Name}`");
                Line("```wit");
                Line($"{function.Name}: func({string.Join(", ", function.Parameters.Select(p => $"{p.Name}: {p.Type}"))}) "
                    + $"-> {function.Result};");
                Line("```");
                Line($"Core: `({(core.Length > 0 ? $"param {core}" : "")}) (result {wit.Flatten(function.Result!)})`. "
                    + function.Documentation.Replace("\n\n", " ", StringComparison.Ordinal));
            }
        }
        return text.ToString();
    }

    /// <summary>What stands for a case: errors count down from -1, tags up from 1, everything else up from 0.</summary>
    internal static int NumberOf(WitChoice choice, int index) => choice.Name switch
    {
        "error" => -1 - index,
        "argument" => 1 + index,
        _ => index,
    };
}
