using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
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

    internal static ValueOption<BoundsChecks> BoundsChecks()
    {
        var option = new ValueOption<BoundsChecks>(
            "--bounds-checks",
            "auto|guard|explicit",
            "How out-of-bounds accesses are caught: by guard pages, by explicit checks, or by guard pages where the system "
                + "has them (auto, the default).",
            static text => text switch
            {
                "auto" => Engine.BoundsChecks.Automatic,
                "guard" => Engine.BoundsChecks.GuardPages,
                "explicit" => Engine.BoundsChecks.Explicit,
                _ => null,
            },
            "one of auto, guard and explicit");
        option.CompletionSources.Add("auto", "guard", "explicit");
        return option;
    }

    internal static ValueOption<ulong> Size(string name, string description) => new(
        name, "bytes", description,
        static text => ByteSize.TryParse(text, out var bytes) ? bytes : (ulong?)null, "a size such as 65536, 64M or 1G");

    internal static ValueOption<TimeSpan> Time(string name, string description) => new(
        name, "time", description,
        static text => Duration.TryParse(text, out var time) ? time : (TimeSpan?)null, "a time such as 500ms, 5s or 2m");

    internal static ValueOption<int> Count(string name, string description) => new(
        name, "number", description,
        static text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
        "a whole number");

    internal static ValueOption<ulong> Tenant(string name, string description) =>
        new(name, "number", description, static text => ParseTenant(text), "a tenant's number");

    /// <summary>A tenant's number; null if it is none.</summary>
    internal static ulong? ParseTenant(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tenant) ? tenant : null;

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
