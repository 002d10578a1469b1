using System.CommandLine;
using System.Globalization;

namespace TensorWasm.Cli.Commands;

/// <summary><c>functions</c>: what is deployed.</summary>
internal static class FunctionsCommand
{
    internal static Command Create(CliContext context) => ApiVerb.Group(
        "functions", "Lists, describes and deletes functions.", "tensorwasm functions list", "all of the tenant's functions",
        CreateList(context), CreateGet(context), CreateAlias(context), CreateDelete(context));

    private static Command CreateList(CliContext context)
    {
        var name = ApiVerb.Text("--name", "name", "Only functions of that name.");
        var after = ApiVerb.Text("--after", "id", "The last function of the page before.");
        return ApiVerb.Create(
            context, "list", "Lists functions.", ("tensorwasm functions list --name adder", "those of one name"),
            [name, after],
            (client, parsed) =>
            {
                var query = Query(("name", parsed.GetValue(name)), ("after", parsed.GetValue(after)));
                return client.Print("GET", "/functions" + query);
            });
    }

    private static Command CreateGet(CliContext context)
    {
        var id = ApiVerb.Id("function", "The function's id.");
        return ApiVerb.Create(
            context, "get", "Tells a function's versions, settings and aliases.",
            ("tensorwasm functions get 01a1…", "one function"), [id],
            (client, parsed) => client.Print("GET", ApiVerb.Path("functions", parsed.GetRequiredValue(id))));
    }

    private static Command CreateAlias(CliContext context)
    {
        var id = ApiVerb.Id("function", "The function's id.");
        var alias = ApiVerb.Id("alias", "The name.");
        var version = new ValueOption<int>(
            "--version", "number", "The version that it means from now on; without it, the name is removed.",
            static text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
            "a version's number");
        return ApiVerb.Create(
            context, "alias", "Lets a name mean a version.",
            ("tensorwasm functions alias 01a1… stable --version 2", "01a1…@stable is version 2 from now on"),
            [version, id, alias],
            (client, parsed) =>
            {
                var path = ApiVerb.Path("functions", parsed.GetRequiredValue(id), "aliases", parsed.GetRequiredValue(alias));
                return version.Read(parsed) is { } number
                    ? client.Print("PUT", path, ApiClient.Json(writer => writer.WriteNumber("version", number)))
                    : client.Print("DELETE", path);
            });
    }

    private static Command CreateDelete(CliContext context)
    {
        var id = ApiVerb.Id("function", "The function's id.");
        return ApiVerb.Create(
            context, "delete", "Deletes a function with its versions.",
            ("tensorwasm functions delete 01a1…", "prints nothing"), [id],
            (client, parsed) => client.Print("DELETE", ApiVerb.Path("functions", parsed.GetRequiredValue(id))));
    }

    /// <summary>A query of the values that are there.</summary>
    internal static string Query(params ReadOnlySpan<(string Name, string? Value)> values)
    {
        var query = "";
        foreach (var (name, value) in values)
        {
            if (value is not null) query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
        }
        return query;
    }
}
