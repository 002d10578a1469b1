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
        return ApiVerb.List(
            context, "Lists the latest invocations that recorded spans or logs, newest first.",
            ("tensorwasm traces list | jq -r '.invocations[].logs[].message'", "the guests' log messages"), "/traces", function);
    }

    private static Command CreateGet(CliContext context) => ApiVerb.One(
        context, "get", "Shows the invocations of one trace.",
        ("tensorwasm traces get 4bf92f3577b34da6a3ce929d0e0e4736", "one trace"),
        ApiVerb.Id("trace", "The trace: what a reply's x-trace-id names."), "GET", "/traces");
}
