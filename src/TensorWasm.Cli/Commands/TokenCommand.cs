using System.CommandLine;

namespace TensorWasm.Cli.Commands;

/// <summary><c>token</c>: bearer tokens.</summary>
internal static class TokenCommand
{
    internal static Command Create(CliContext context) => ApiVerb.Group(
        "token", "Makes, rotates and revokes tokens.", "tensorwasm token create --tenants 7 --actions developer",
        "prints the token, once",
        CreateList(context), CreateCreate(context), CreateRotate(context), CreateRevoke(context));

    private static Command CreateList(CliContext context) => ApiVerb.List(
        context, "Lists tokens; never their secrets.", ("tensorwasm token list", "all of them"), "/admin/tokens");

    private static Command CreateCreate(CliContext context)
    {
        var name = ApiVerb.Text("--name", "name", "A name for people.");
        var tenants = new Option<string>("--tenants")
        {
            Description = "The tenants that it is good for: * or numbers with commas between.",
            HelpName = "list",
            Required = true,
        };
        var actions = ApiVerb.Text("--actions", "list", "What it allows, with commas between: developer by default, * for all.");
        var expires = CommonOptions.Time("--expires", "How long it is good: 90m, 12h. Without it, until it is revoked.");
        return ApiVerb.Create(
            context, "create", "Makes a token and prints it, once.",
            ("tensorwasm token create --tenants 7 --actions invoke,jobs", "a token that only calls functions"),
            [name, tenants, actions, expires],
            (client, parsed) => client.Print("POST", "/admin/tokens", ApiClient.Json(writer =>
            {
                if (parsed.GetValue(name) is { } text) writer.WriteString("name", text);
                var list = parsed.GetRequiredValue(tenants);
                if (list == "*") writer.WriteString("tenants", "*");
                else
                {
                    writer.WriteStartArray("tenants");
                    foreach (var part in list.Split(',')) writer.WriteNumberValue(Number(part));
                    writer.WriteEndArray();
                }
                if (parsed.GetValue(actions) is { } allowed)
                {
                    writer.WriteStartArray("actions");
                    foreach (var action in allowed.Split(',')) writer.WriteStringValue(action);
                    writer.WriteEndArray();
                }
                if (expires.Read(parsed) is { } time) writer.WriteNumber("expires_in_seconds", (long)time.TotalSeconds);
            })));
    }

    private static Command CreateRotate(CliContext context)
    {
        var id = ApiVerb.Id("id", "The token's id.");
        var overlap = CommonOptions.Time("--overlap", "How long the old token stays good: 5s, 1h. It ends at once without.");
        return ApiVerb.Create(
            context, "rotate", "Makes a successor of a token and prints it, once.",
            ("tensorwasm token rotate 01a1… --overlap 1h", "both are good for an hour"), [overlap, id],
            (client, parsed) => client.Print(
                "POST", ApiVerb.Path("admin", "tokens", parsed.GetRequiredValue(id), "rotate"),
                ApiClient.Json(writer =>
                {
                    if (overlap.Read(parsed) is { } time) writer.WriteNumber("overlap_seconds", (long)time.TotalSeconds);
                })));
    }

    private static Command CreateRevoke(CliContext context) => ApiVerb.One(
        context, "revoke", "Revokes a token at once.", ("tensorwasm token revoke 01a1…", "prints nothing"),
        ApiVerb.Id("id", "The token's id."), "DELETE", "/admin/tokens");

    private static ulong Number(string text) => CommonOptions.ParseTenant(text.Trim())
        ?? throw new CliException($"--tenants: '{text}' is no tenant's number.", ExitCodes.Usage);
}
