using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace TensorWasm.Cli.Commands;

/// <summary><c>tenant</c>: tenants and their quotas.</summary>
internal static class TenantCommand
{
    internal static Command Create(CliContext context) => ApiVerb.Group(
        "tenant", "Makes, changes and lists tenants.", "tensorwasm tenant create 7 --name acme --quota max_functions=10",
        "stores a tenant with a quota",
        CreateList(context),
        One(context, "get", "Tells a tenant's status and quota.", "GET"),
        Change(context, "create", "Stores a tenant.", "POST"),
        Change(context, "update", "Changes a tenant's name, status or quota.", "PATCH"),
        One(context, "delete", "Deletes a tenant with all that it has.", "DELETE"));

    private static Command CreateList(CliContext context) => ApiVerb.List(
        context, "Lists the tenants that are stored.", ("tensorwasm tenant list", "all of them"), "/admin/tenants");

    private static Command One(CliContext context, string name, string description, string method) => ApiVerb.One(
        context, name, description, ($"tensorwasm tenant {name} 7", description),
        ApiVerb.Id("id", "The tenant's number."), method, "/admin/tenants");

    private static Command Change(CliContext context, string name, string description, string method)
    {
        var id = ApiVerb.Id("id", "The tenant's number.");
        var title = ApiVerb.Text("--name", "name", "A name for people.");
        var status = ApiVerb.Text("--status", "status", "active or suspended.");
        var quota = ApiVerb.Many("--quota", "name=number", "Sets a value of the quota, such as max_functions=10.");
        return ApiVerb.Create(
            context, name, description, ($"tensorwasm tenant {name} 7 --quota requests_per_second=50", description),
            [title, status, quota, id],
            (client, parsed) =>
            {
                var number = parsed.GetRequiredValue(id);
                var tenant = CommonOptions.ParseTenant(number)
                    ?? throw new CliException($"'{number}' is no tenant's number.", ExitCodes.Usage);
                var body = ApiClient.Json(writer =>
                {
                    if (method == "POST") writer.WriteNumber("id", tenant);
                    if (parsed.GetValue(title) is { } text) writer.WriteString("name", text);
                    if (parsed.GetValue(status) is { } state) writer.WriteString("status", state);
                    WriteQuota(writer, parsed.GetValue(quota));
                });
                return client.Print(method, method == "POST" ? "/admin/tenants" : ApiVerb.Path("admin", "tenants", number), body);
            });
    }

    private static void WriteQuota(Utf8JsonWriter writer, string[]? pairs)
    {
        if (pairs is null or []) return;
        writer.WriteStartObject("quota");
        foreach (var pair in pairs)
        {
            var (key, value) = ApiVerb.Pair("--quota", pair);
            if (!decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                throw new CliException($"--quota: '{value}' is no number.", ExitCodes.Usage);
            }
            writer.WriteNumber(key, number);
        }
        writer.WriteEndObject();
    }
}
