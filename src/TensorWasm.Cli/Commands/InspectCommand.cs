using System.CommandLine;

namespace TensorWasm.Cli.Commands;

/// <summary><c>inspect</c>: what a module holds, and what it asks for.</summary>
internal static class InspectCommand
{
    internal static Command Create(CliContext context)
    {
        var module = CommonOptions.Module();
        var json = new Option<bool>("--json") { Description = "Prints a JSON object, for programs." };
        var command = new Verb("inspect", "Shows what a module holds, and what it may ask for, without running it.")
        {
            Examples =
            [
                ("tensorwasm inspect app.wasm", "imports, exports, memories, sections, features, capabilities"),
                ("tensorwasm inspect --json app.wasm", "the same for programs"),
            ],
            Notes = "Exit status: 0, or 1 if the module is malformed or invalid.",
        };
        command.AddParts(json, module);
        command.SetAction(parsed => Execute(parsed.GetRequiredValue(module), parsed.GetValue(json), context));
        return command;
    }

    private static int Execute(string path, bool asJson, CliContext context)
    {
        var file = ModuleFile.Read(path, context);
        var report = new ModuleReport(file, file.ParseValid());
        if (asJson) ReportJson.Write(report, context.OutputStream);
        else ReportText.Write(report, context.Output);
        return ExitCodes.Success;
    }
}
