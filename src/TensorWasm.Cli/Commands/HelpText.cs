using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TensorWasm.Cli.Commands;

/// <summary>The usual help, then a verb's examples and notes.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const int Width = 100;

    private static readonly (string Line, string Meaning)[] ProgramExamples =
    [
        ("tensorwasm run hello.wasm", "runs a program"),
        ("tensorwasm run --invoke fib fib.wat 30", "calls a function, and prints its result"),
        ("tensorwasm inspect app.wasm", "shows what a module holds, and what it may ask for"),
    ];

    private readonly HelpAction _inner = new() { MaxWidth = Width };

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        var verb = parseResult.CommandResult.Command as Verb;
        using var text = new StringWriter { NewLine = "\n" };
        parseResult.InvocationConfiguration.Output = text;
        _inner.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        var isUsage = false;
        foreach (var line in text.ToString().TrimEnd().Split('\n'))
        {
            output.WriteLine(isUsage && verb?.Usage is { } usage ? $"  {usage}" : line.TrimEnd());
            isUsage = line.TrimEnd() == "Usage:";
        }
        output.WriteLine();
        output.WriteLine("Examples:");
        foreach (var (example, meaning) in verb?.Examples ?? ProgramExamples)
        {
            output.WriteLine($"  {example}");
            output.WriteLine($"      {meaning}");
        }
        output.WriteLine();
        output.WriteLine(verb is null ? "'tensorwasm <command> --help' has more on each command." : verb.Notes);
        return ExitCodes.Success;
    }
}
