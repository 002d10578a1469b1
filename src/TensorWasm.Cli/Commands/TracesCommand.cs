using System.CommandLine;

namespace TensorWasm.Cli.Commands;

/// <summary><c>traces</c>: what invocations recorded of themselves.</summary>
internal static class TracesCommand
{
    internal static Command Create(CliContext context) => ApiVerb.Group(
        "traces", "Shows spans and logs of the latest invocations.", "tensorwasm traces list --function 01a1…",
        "a guest's own spans and logs, its calls and kernels",
        CreateList(context), CreateGet(context));

    private static Command CreateList(CliContext context)
    {
        var function = ApiVerb.Text("--function", "id", "Only invocations of that function.");
        return ApiVerb.Create(
            context, "list", "Lists the latest invocations that recorded spans or logs, newest first.",
            ("tensorwasm traces list | jq -r '.invocations[].logs[].message'", "the guests' log messages"), [function],
            (client, parsed) => client.Print("GET", "/traces" + FunctionsCommand.Query(("function", parsed.GetValue(function)))));
    }

    private static Command CreateGet(CliContext context)
    {
        var id = ApiVerb.Id("trace", "The trace: what a reply's x-trace-id names.");
        return ApiVerb.Create(
            context, "get", "Shows the invocations of one trace.",
            ("tensorwasm traces get 4bf92f3577b34da6a3ce929d0e0e4736", "one trace"), [id],
            (client, parsed) => client.Print("GET", ApiVerb.Path("traces", parsed.GetRequiredValue(id))));
    }
}
