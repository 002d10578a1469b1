using System.CommandLine;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Cli.Commands;

/// <summary><c>ptx</c>: what becomes of kernels before a device sees them.</summary>
internal static class PtxCommand
{
    internal static Command Create(CliContext context)
    {
        var command = new Verb("ptx", "Checks kernels, shows how they are fenced, and what could be proven.")
        {
            Examples =
            [
                ("tensorwasm ptx check kernel.ptx", "says what is wrong, with line, column and reason"),
                ("tensorwasm ptx fence kernel.ptx", "prints the text that the driver gets, and what was inserted and why"),
                ("tensorwasm ptx explain kernel.ptx", "says for each loop what could be proven"),
            ],
            Notes = "Nothing here needs a device.",
        };
        command.Add(CreateCheck(context));
        command.Add(CreateFence(context));
        command.Add(CreateExplain(context));
        return command;
    }

    private static Verb CreateCheck(CliContext context)
    {
        var files = new Argument<string[]>("file")
        {
            Description = "PTX files; - reads one from standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var json = Json();
        var command = new Verb("check", "Says whether kernels are accepted, and if not, what is wrong and where.")
        {
            Examples =
            [
                ("tensorwasm ptx check kernel.ptx", "prints nothing, and answers 0, if all kernels are accepted"),
                ("tensorwasm ptx check --json *.ptx", "kernels with their parameters, and what is wrong"),
            ],
            Notes = "Exit status: 0 if all are accepted, 1 if not.",
        };
        command.AddParts(json, files);
        command.SetAction(parsed => Check(parsed.GetRequiredValue(files), parsed.GetValue(json), context));
        return command;
    }

    private static Verb CreateFence(CliContext context)
    {
        var file = File();
        var (mode, json) = (Mode(), Json());
        var output = CommonOptions.OutputFile("Writes the text there instead of to standard output.");
        var bare = new Option<bool>("--no-notes") { Description = "Leaves out the comments that say what was done." };
        var command = new Verb("fence", "Prints kernels as the driver gets them, with what was inserted and why.")
        {
            Examples =
            [
                ("tensorwasm ptx fence kernel.ptx -o fenced.ptx", "comments at its head say what was done, line by line"),
                ("tensorwasm ptx fence --mode check kernel.ptx", "as with run --gpu-check"),
            ],
            Notes = "Exit status: 0, or 1 if the kernels are refused.",
        };
        command.AddParts(mode, output, bare, json, file);
        command.SetAction(parsed =>
        {
            var read = PtxFile.Read(parsed.GetRequiredValue(file), mode.Read(parsed) ?? FenceMode.Fence, context);
            if (parsed.GetValue(json))
            {
                PtxJson.Write(context.OutputStream, [read], withNotes: true, withText: true);
                return ExitCode(read);
            }
            if (read.IsValid)
            {
                using var text = new StringWriter { NewLine = "\n" };
                PtxText.WriteFenced(read, !parsed.GetValue(bare), text);
                if (parsed.GetValue(output) is { } path)
                {
                    OutputFile.Write(path, text.ToString());
                }
                else
                {
                    context.Output.Write(text.ToString());
                }
            }
            read.WriteDiagnostics(context);
            return ExitCode(read);
        });
        return command;
    }

    private static Verb CreateExplain(CliContext context)
    {
        var file = File();
        var (mode, json) = (Mode(), Json());
        var command = new Verb("explain", "Says what could be proven about kernels: access by access and loop by loop.")
        {
            Examples =
            [
                ("tensorwasm ptx explain kernel.ptx", "which loops run unfenced behind a check, and why others do not"),
            ],
            Notes = "Exit status: 0, or 1 if the kernels are refused.",
        };
        command.AddParts(mode, json, file);
        command.SetAction(parsed =>
        {
            var read = PtxFile.Read(parsed.GetRequiredValue(file), mode.Read(parsed) ?? FenceMode.Fence, context);
            if (parsed.GetValue(json))
            {
                PtxJson.Write(context.OutputStream, [read], withNotes: true, withText: false);
                return ExitCode(read);
            }
            PtxText.WriteExplanation(read, context.Output);
            read.WriteDiagnostics(context);
            return ExitCode(read);
        });
        return command;
    }

    private static int Check(string[] paths, bool asJson, CliContext context)
    {
        List<PtxFile> files = [];
        foreach (var path in paths)
        {
            context.Token.ThrowIfCancellationRequested();
            files.Add(PtxFile.Read(path, FenceMode.Fence, context));
        }
        if (asJson)
        {
            PtxJson.Write(context.OutputStream, files, withNotes: false, withText: false);
        }
        else
        {
            files.ForEach(file => file.WriteDiagnostics(context));
        }
        return files.TrueForAll(static file => file.IsValid) ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static int ExitCode(PtxFile file) => file.IsValid ? ExitCodes.Success : ExitCodes.Failure;

    private static Argument<string> File() => new("file") { Description = "A PTX file; - reads it from standard input." };

    private static Option<bool> Json() => new("--json") { Description = "Prints a JSON array, for programs." };

    private static ValueOption<FenceMode> Mode()
    {
        var option = new ValueOption<FenceMode>(
            "--mode",
            "fence|check",
            "What an access out of bounds does: it is moved inside (fence, the default), or stops the kernel and is "
                + "reported (check).",
            static text => text switch
            {
                "fence" => FenceMode.Fence,
                "check" => FenceMode.Check,
                _ => null,
            },
            "fence or check");
        option.CompletionSources.Add("fence", "check");
        return option;
    }
}
