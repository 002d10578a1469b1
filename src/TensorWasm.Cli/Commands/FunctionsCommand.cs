using System.CommandLine;

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
        return ApiVerb.List(
            context, "Lists functions.", ("tensorwasm functions list --name adder", "those of one name"), "/functions",
            name, after);
    }

    private static Command CreateGet(CliContext context) => ApiVerb.One(
        context, "get", "Tells a function's versions, settings and aliases.",
        ("tensorwasm functions get 01a1…", "one function"), Id(), "GET", "/functions");

    private static Command CreateAlias(CliContext context)
    {
        var id = Id();
        var alias = ApiVerb.Id("alias", "The name.");
        var version = CommonOptions.Count(
            "--version", "The version that it means from now on; without it, the name is removed.");
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

    private static Command CreateDelete(CliContext context) => ApiVerb.One(
        context, "delete", "Deletes a function with its versions.",
        ("tensorwasm functions delete 01a1…", "prints nothing"), Id(), "DELETE", "/functions");

    private static Argument<string> Id() => ApiVerb.Id("function", "The function's id.");
}
