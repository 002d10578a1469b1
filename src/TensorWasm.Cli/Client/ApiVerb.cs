using System.CommandLine;

namespace TensorWasm.Cli;

/// <summary>Makes verbs that send one request.</summary>
internal static class ApiVerb
{
    private const string Notes = """
        Prints the server's answer, which is JSON.

        Exit status: 0; 1 if the server refuses; 2 if the command line is wrong; 3 if the server lacks it.
        """;

    /// <summary>A verb.</summary>
    /// <param name="context">What it talks to.</param>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="example">A command line, and what it means.</param>
    /// <param name="parts">Its arguments and options.</param>
    /// <param name="run">Sends the request.</param>
    /// <param name="notes">What else its help tells.</param>
    internal static Command Create(
        CliContext context, string name, string description, (string Line, string Meaning) example,
        IReadOnlyList<Symbol> parts, Func<ApiClient, ParseResult, int> run,
        string notes = Notes)
    {
        var command = new Commands.Verb(name, description) { Examples = [example], Notes = notes };
        command.AddParts([.. parts]);
        var server = new ServerOptions();
        server.AddTo(command);
        command.SetAction(parsed =>
        {
            using var client = server.Connect(parsed, context);
            return run(client, parsed);
        });
        return command;
    }

    /// <summary>The verb that lists what a path holds; each filter is the parameter of its query that has its name.</summary>
    internal static Command List(
        CliContext context, string description, (string Line, string Meaning) example, string path,
        params Option<string?>[] filters) =>
        Create(
            context, "list", description, example, filters, (client, parsed) => client.Print("GET", path + Query(parsed, filters)));

    /// <summary>A verb for one of the things that a path holds, without more to say of it than its name.</summary>
    internal static Command One(
        CliContext context, string name, string description, (string Line, string Meaning) example, Argument<string> id,
        string method, string path, string suffix = "") =>
        Create(
            context, name, description, example, [id],
            (client, parsed) => client.Print(method, path + Path(parsed.GetRequiredValue(id)) + suffix));

    /// <summary>A verb that only has other verbs below it.</summary>
    internal static Command Group(string name, string description, string example, string meaning, params Command[] verbs)
    {
        var command = new Commands.Verb(name, description)
        {
            Examples = [(example, meaning)],
            Notes = $"'tensorwasm {name} <command> --help' has more on each.",
        };
        foreach (var verb in verbs) command.Add(verb);
        return command;
    }

    internal static Argument<string> Id(string name, string description) => new(name) { Description = description };

    internal static Option<string?> Text(string name, string valueName, string description) =>
        new(name) { Description = description, HelpName = valueName };

    internal static Option<string[]> Many(string name, string valueName, string description) =>
        new(name) { Description = description, HelpName = valueName, Arity = ArgumentArity.OneOrMore };

    /// <summary>A path of several parts, each escaped.</summary>
    internal static string Path(params ReadOnlySpan<string> parts)
    {
        var path = "";
        foreach (var part in parts) path += "/" + Uri.EscapeDataString(part);
        return path;
    }

    /// <summary>A query of the options that were given.</summary>
    internal static string Query(ParseResult parsed, params ReadOnlySpan<Option<string?>> options)
    {
        var query = "";
        foreach (var option in options)
        {
            if (parsed.GetValue(option) is not { } value) continue;
            query += $"{(query.Length == 0 ? '?' : '&')}{option.Name.TrimStart('-')}={Uri.EscapeDataString(value)}";
        }
        return query;
    }

    /// <summary>Splits name=value.</summary>
    /// <exception cref="CliException">There is no '='.</exception>
    internal static (string Name, string Value) Pair(string option, string text)
    {
        var separator = text.IndexOf('=', StringComparison.Ordinal);
        return separator > 0
            ? (text[..separator], text[(separator + 1)..])
            : throw new CliException($"{option}: '{text}' is not name=value.", ExitCodes.Usage);
    }
}
