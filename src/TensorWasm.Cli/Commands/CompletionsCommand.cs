using System.CommandLine;

namespace TensorWasm.Cli.Commands;

/// <summary><c>completions</c>: prints a script that teaches a shell to complete command lines.</summary>
internal static class CompletionsCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    internal static Command Create(CliContext context)
    {
        var shell = new Argument<string>("shell")
        {
            Description = "The shell.",
            HelpName = "bash|zsh|fish",
            CustomParser = result => Array.Find(Shells, known => known == result.Tokens[0].Value)
                ?? CommonOptions.Wrong<string>(result, $"'{result.Tokens[0].Value}' is none of bash, zsh and fish."),
        };
        shell.CompletionSources.Add(Shells);
        var command = new Verb("completions", "Prints a script that completes tensorwasm's command lines in a shell.")
        {
            Examples =
            [
                ("source <(tensorwasm completions bash)", "for this bash; put the line into ~/.bashrc for each"),
                ("tensorwasm completions zsh > \"${fpath[1]}/_tensorwasm\"", "for each zsh that starts from now on"),
                ("tensorwasm completions fish > ~/.config/fish/completions/tensorwasm.fish", "for each fish"),
            ],
            Notes = "The scripts ask the program itself, so they stay right when it is updated.",
        };
        command.Add(shell);
        command.SetAction(parsed => Execute(parsed.GetRequiredValue(shell), context));
        return command;
    }

    private static int Execute(string shell, CliContext context)
    {
        using var script = typeof(CompletionsCommand).Assembly.GetManifestResourceStream($"completions.{shell}")!;
        script.CopyTo(context.OutputStream);
        return ExitCodes.Success;
    }
}
