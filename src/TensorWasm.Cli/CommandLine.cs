using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Reflection;
using TensorWasm.Cli.Commands;

namespace TensorWasm.Cli;

/// <summary>The whole program behind one call, so that tests run it in process.</summary>
internal static class CommandLine
{
    // One row a verb. Only the verb that is asked for is built, since building all of them would slow each start.
    private static readonly (string Name, Func<CliContext, Command> Create)[] Verbs =
    [
        ("run", RunCommand.Create),
        ("compile", CompileCommand.Create),
        ("inspect", InspectCommand.Create),
        ("validate", ValidateCommand.Create),
        ("wat", WatCommand.Create),
        ("wasm", WasmCommand.Create),
        ("wast", WastCommand.Create),
        ("ptx", PtxCommand.Create),
        ("devices", DevicesCommand.Create),
        ("serve", ServeCommand.Create),
        ("deploy", DeployCommand.Create),
        ("invoke", InvokeCommand.Create),
        ("functions", FunctionsCommand.Create),
        ("jobs", JobsCommand.Create),
        ("traces", TracesCommand.Create),
        ("usage", UsageCommand.Create),
        ("kernel", KernelCommand.Create),
        ("tenant", TenantCommand.Create),
        ("token", TokenCommand.Create),
        ("audit", AuditCommand.Create),
        ("metrics", MetricsCommand.Create),
        ("observe", ObserveCommand.Create),
        ("completions", CompletionsCommand.Create),
    ];

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">What stands behind the program's name.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="token">Cancelled when the user wants an end: a guest that runs is stopped.</param>
    /// <returns>The process's exit code; see <see cref="ExitCodes"/>.</returns>
    internal static int Run(
        IReadOnlyList<string> arguments, Stream output, Stream error, Stream input, CancellationToken token = default) =>
        Run(arguments, new CliContext(output, error, input, token));

    /// <summary>Runs a command line in a context.</summary>
    internal static int Run(IReadOnlyList<string> arguments, CliContext context)
    {
        try
        {
            var exitCode = Execute(arguments, context);
            context.Flush();
            return exitCode;
        }
        catch (CliException e)
        {
            return Fail(context, e.Message, e.ExitCode);
        }
        catch (OperationCanceledException) when (context.Token.IsCancellationRequested)
        {
            return Fail(context, null, ExitCodes.Interrupted);
        }
        catch (IOException e) when (IsBrokenPipe(e))
        {
            // What reads the output has seen enough; a message about that would help nobody.
            return ExitCodes.BrokenPipe;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Fail(context, $"this is a bug in tensorwasm, please report it: {e}", ExitCodes.Internal);
        }
    }

    internal static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>EPIPE of Linux and macOS; on Unix, an <see cref="IOException"/> carries the system's number.</summary>
    private const int BrokenPipeError = 32;

    // On Windows, ERROR_NO_DATA: "The pipe is being closed."
    private static bool IsBrokenPipe(IOException exception) =>
        exception.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x800700E8) : BrokenPipeError);

    private static int Fail(CliContext context, string? message, int exitCode)
    {
        context.Output.Flush();
        if (message is not null) context.WriteError(message);
        context.Error.Flush();
        return exitCode;
    }

    private static int Execute(IReadOnlyList<string> arguments, CliContext context)
    {
        var root = CreateRoot(arguments, context);
        // Guests may take arguments that begin with @ or that look like several short options.
        var configuration = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        var parsed = root.Parse(arguments.Count == 0 ? ["--help"] : arguments, configuration);
        if (parsed.Errors.Count > 0) throw UsageError(parsed, arguments);
        var exitCode = parsed.Invoke(new InvocationConfiguration
        {
            Output = arguments.Count == 0 ? context.Error : context.Output,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
        return arguments.Count == 0 ? ExitCodes.Usage : exitCode;
    }

    private static RootCommand CreateRoot(IReadOnlyList<string> arguments, CliContext context)
    {
        var root = new RootCommand("Runs WebAssembly modules, and tells what is in them.") { HelpName = "tensorwasm" };
        // In place of the usual two, which tell of another program when this one is hosted by tests.
        root.Options.Clear();
        root.Add(new HelpOption("--help", "-h") { Action = new HelpText(), Description = "Shows this help." });
        root.Add(new VersionOption("--version") { Action = new VersionText(), Description = "Shows the version." });
        var selected = arguments.Count == 0 ? null : arguments[0];
        var isVerb = Array.Exists(Verbs, verb => verb.Name == selected);
        foreach (var (name, create) in Verbs)
        {
            if (!isVerb || name == selected) root.Add(create(context));
        }
        return root;
    }

    /// <summary>The names of a command and of those that it belongs to, but for the program's.</summary>
    private static IEnumerable<string> PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? PathOf(parent).Append(command.Command.Name) : [];

    private static CliException UsageError(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        var isVerb = Array.Exists(Verbs, verb => verb.Name == arguments[0]);
        var verb = isVerb ? string.Concat(PathOf(parsed.CommandResult).Select(static name => $" {name}")) : "";
        var first = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        string error;
        if (isVerb && parsed.CommandResult.Command.Subcommands is not [])
        {
            var known = parsed.CommandResult.Command.Subcommands.Select(static command => command.Name);
            error = (first is null ? $"'tensorwasm{verb}' needs a command behind it" : $"'{first}' is no command of 'tensorwasm{verb}'")
                + $"; there are {string.Join(", ", known)}.";
        }
        else if (isVerb || first is null)
        {
            error = string.Join("\n", parsed.Errors.Select(static error => error.Message).Distinct());
        }
        else if (first.StartsWith('-'))
        {
            error = $"there is no option {first} before a command; a command's own options stand behind its name.";
        }
        else
        {
            error = File.Exists(first)
                ? $"{first} is a file, not a command. To run it: tensorwasm run {first}"
                : $"'{first}' is no command; there are {string.Join(", ", Verbs.Select(static known => known.Name))}.";
        }
        return new CliException($"{error}\n'tensorwasm{verb} --help' shows what it takes.", ExitCodes.Usage);
    }
}
