using System.CommandLine;
using System.Text.Json;
using TensorWasm.Server;

namespace TensorWasm.Cli.Commands;

/// <summary><c>audit</c>: the audit log.</summary>
internal static class AuditCommand
{
    internal static Command Create(CliContext context) => ApiVerb.Group(
        "audit", "Checks the audit log.", "tensorwasm audit verify --data /var/lib/tensorwasm", "says whether it is whole",
        CreateVerify(context), CreateHead(context));

    private static Verb CreateVerify(CliContext context)
    {
        var data = new Option<string>("--data")
        {
            Description = "The server's data folder, with its key.",
            HelpName = "folder",
            DefaultValueFactory = _ => "tensorwasm-data",
        };
        var log = ApiVerb.Text("--log", "file", "The log, where it is not audit.log in the data folder.");
        var head = ApiVerb.Text("--head", "sequence:hash", "An end that the log had before, and must still have in it.");
        var command = new Verb("verify", "Checks that no record of the audit log was changed, dropped or moved.")
        {
            Examples = [("tensorwasm audit verify --data /var/lib/tensorwasm", "prints the count and the chain's end")],
            Notes = "The server may run meanwhile. Exit status: 0 if the log is whole, 1 if it is not.",
        };
        command.AddParts(data, log, head);
        command.SetAction(parsed => Verify(
            context, parsed.GetRequiredValue(data), parsed.GetValue(log), parsed.GetValue(head)));
        return command;
    }

    private static Command CreateHead(CliContext context) => ApiVerb.Create(
        context, "head", "Asks a server for the end of its audit chain.",
        ("tensorwasm audit head", "keep it on another machine: a log that is cut shows against it"), [],
        (client, _) => client.Print("GET", "/admin/audit/head"));

    private static int Verify(CliContext context, string data, string? log, string? head)
    {
        AuditCheck check;
        try
        {
            var text = Environment.GetEnvironmentVariable("TENSOR_WASM_API_SERVER_KEY");
            var key = text is null ? ServerKey.OpenExisting(data) : ServerKey.Parse(text);
            check = AuditCheck.Of(log ?? Path.Combine(data, "audit.log"), key, head, context.Token);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CliException(e.Message);
        }
        using (var writer = new Utf8JsonWriter(context.OutputStream))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("is_whole", check.Problem is null);
            writer.WriteNumber("records", check.Records);
            writer.WriteString("head", check.Head.ToString());
            writer.WriteString("problem", check.Problem);
            writer.WriteEndObject();
        }
        context.OutputStream.WriteByte((byte)'\n');
        return check.Problem is null ? ExitCodes.Success : ExitCodes.Failure;
    }
}
