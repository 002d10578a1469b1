using System.CommandLine;
using TensorWasm.Wasm;

namespace TensorWasm.Cli.Commands;

/// <summary><c>wasm</c>: writes a module in the binary format.</summary>
internal static class WasmCommand
{
    internal static Command Create(CliContext context)
    {
        var module = CommonOptions.Module();
        var output = CommonOptions.OutputFile("The file to write; standard output by default, unless that is a terminal.");
        var command = new Verb("wasm", "Writes a module in the binary format, without checking that it is valid.")
        {
            Examples =
            [
                ("tensorwasm wasm app.wat -o app.wasm", "assembles a file"),
                ("tensorwasm wasm app.wat | tensorwasm validate -", "assembles and checks"),
            ],
            Notes = "Errors have line and column. 'tensorwasm run' takes the text as it is.",
        };
        command.AddParts(module, output);
        command.SetAction(parsed => Execute(parsed.GetRequiredValue(module), parsed.GetValue(output), context));
        return command;
    }

    private static int Execute(string path, string? output, CliContext context)
    {
        if (output is null && context.IsOutputTerminal)
        {
            throw new CliException(
                "a binary module on a terminal helps nobody; name a file with -o, or pipe the output.", ExitCodes.Usage);
        }
        var bytes = WasmEncoder.Encode(ModuleFile.Read(path, context).Parse());
        if (output is null) context.OutputStream.Write(bytes);
        else OutputFile.Write(output, bytes);
        return ExitCodes.Success;
    }
}
