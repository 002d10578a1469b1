using System.CommandLine;
using System.CommandLine.Parsing;
using TensorWasm.Engine;

namespace TensorWasm.Cli;

/// <summary>Arguments and options that several verbs have.</summary>
internal static class CommonOptions
{
    internal static Argument<string> Module() => new("module")
    {
        Description = "A WebAssembly module, .wasm or .wat; - reads it from standard input.",
        Validators = { RefuseOptions },
    };

    /// <summary>A misspelt option is taken for the first argument, where a guest's arguments may follow.</summary>
    private static void RefuseOptions(ArgumentResult result)
    {
        if (result.Tokens is [{ Value: ['-', _, ..] option }, ..])
        {
            result.AddError($"there is no option {option} (for a file of that name, write ./{option}).");
        }
    }

    internal static Option<string?> OutputFile(string description) => new("--output", "-o")
    {
        Description = description,
        HelpName = "file",
    };

    internal static Option<BoundsChecks> BoundsChecks()
    {
        var option = new Option<BoundsChecks>("--bounds-checks")
        {
            Description = "How out-of-bounds accesses are caught: by guard pages, by explicit checks, or by guard pages "
                + "where the system has them (auto, the default).",
            HelpName = "auto|guard|explicit",
            CustomParser = result => result.Tokens[0].Value switch
            {
                "auto" => Engine.BoundsChecks.Automatic,
                "guard" => Engine.BoundsChecks.GuardPages,
                "explicit" => Engine.BoundsChecks.Explicit,
                var other => Wrong<BoundsChecks>(result, $"'{other}' is none of auto, guard and explicit."),
            },
        };
        option.CompletionSources.Add("auto", "guard", "explicit");
        return option;
    }

    /// <summary>An option whose value is parsed by <paramref name="parse"/>, which answers null for a wrong one.</summary>
    internal static Option<T?> Parsed<T>(string name, string valueName, string description, Func<string, T?> parse, string expected)
        where T : struct => new(name)
        {
            Description = description,
            HelpName = valueName,
            CustomParser = result => parse(result.Tokens[0].Value)
                ?? Wrong<T?>(result, $"'{result.Tokens[0].Value}' is not {expected}."),
        };

    /// <summary>Reports a wrong value, with the option that it stands behind.</summary>
    internal static T Wrong<T>(ArgumentResult result, string message)
    {
        var option = (result.Parent as OptionResult)?.Option.Name;
        result.AddError(option is null ? message : $"{option}: {message}");
        return default!;
    }

    internal static Option<string?> CodeCache() => new("--code-cache")
    {
        Description = "The folder with code that 'compile' made; by default $TENSORWASM_CODE_CACHE, or tensorwasm in the "
            + "user's cache folder.",
        HelpName = "folder",
    };
}
