using System.CommandLine;

namespace TensorWasm.Cli.Commands;

/// <summary><c>validate</c>: whether modules are well-formed and valid.</summary>
internal static class ValidateCommand
{
    internal static Command Create(CliContext context)
    {
        var modules = new Argument<string[]>("module")
        {
            Description = "WebAssembly modules, .wasm or .wat; - reads one from standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Verb("validate", "Checks modules, and says what is wrong and where.")
        {
            Examples =
            [
                ("tensorwasm validate app.wasm", "prints nothing, and answers 0, if the module is valid"),
                ("tensorwasm validate *.wat", "reports the first error of each file, with line and column"),
            ],
            Notes = "Exit status: 0 if all are valid, 1 if not.",
        };
        command.Add(modules);
        command.SetAction(parsed => Execute(parsed.GetRequiredValue(modules), context));
        return command;
    }

    private static int Execute(string[] paths, CliContext context)
    {
        var exitCode = ExitCodes.Success;
        foreach (var path in paths)
        {
            context.Token.ThrowIfCancellationRequested();
            try
            {
                ModuleFile.Read(path, context).ParseValid();
            }
            catch (CliException e)
            {
                context.WriteError(e.Message);
                exitCode = e.ExitCode;
            }
        }
        return exitCode;
    }
}
