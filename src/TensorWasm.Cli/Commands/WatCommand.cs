using System.CommandLine;
using TensorWasm.Wasm;
using TensorWasm.Wasm.Text;

namespace TensorWasm.Cli.Commands;

/// <summary><c>wat</c>: prints a module as text.</summary>
internal static class WatCommand
{
    internal static Command Create(CliContext context)
    {
        var module = CommonOptions.Module();
        var output = CommonOptions.OutputFile("The file to write; standard output by default.");
        var command = new Verb("wat", "Prints a module in the text format.")
        {
            Examples =
            [
                ("tensorwasm wat app.wasm", "prints the module"),
                ("tensorwasm wat app.wasm -o app.wat", "writes it to a file"),
            ],
            Notes = "'tensorwasm wasm' turns the text into the same module again.",
        };
        command.AddParts(module, output);
        command.SetAction(parsed => Execute(parsed.GetRequiredValue(module), parsed.GetValue(output), context));
        return command;
    }

    private static int Execute(string path, string? output, CliContext context)
    {
        var file = ModuleFile.Read(path, context);
        var module = file.Parse();
        try
        {
            if (output is null) WatPrinter.Print(module, context.Output);
            else OutputFile.Write(output, WatPrinter.Print(module));
            return ExitCodes.Success;
        }
        catch (WasmException e)
        {
            throw Failure.Of(e, file.DisplayName, module);
        }
    }
}
