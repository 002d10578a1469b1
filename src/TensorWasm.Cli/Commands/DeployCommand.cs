using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TensorWasm.Cli.Commands;

/// <summary><c>deploy</c>: puts a module onto a server.</summary>
internal static class DeployCommand
{
    internal static Command Create(CliContext context)
    {
        var module = CommonOptions.Module();
        var name = ApiVerb.Text("--name", "name", "The function's name; the file's by default.");
        var function = ApiVerb.Text("--function", "id", "Makes a new version of that function instead of a new function.");
        var variables = ApiVerb.Many("--env", "name=value", "Sets an environment variable of its guests.");
        var labels = ApiVerb.Many("--label", "name=value", "Sets a label; model=NAME offers the function as a model.");
        var file = ApiVerb.Text(
            "--settings", "file", "A JSON file with settings in the API's form; what options say comes before it.");
        var reuse = new Option<bool>("--reuse") { Description = "Answers an identical function that is there already." };
        var memory = CommonOptions.Size("--max-memory", "What its guests' memory may grow to: 65536, 64M, 1G.");
        var deadline = CommonOptions.Time("--deadline", "How long its guests may run: 500ms, 5s, 2m.");
        return ApiVerb.Create(
            context, "deploy", "Deploys a module as a function.",
            ("tensorwasm deploy --name adder add.wasm", "prints the function's id"),
            [name, function, variables, labels, file, reuse, memory, deadline, module],
            (client, parsed) =>
            {
                var path = parsed.GetRequiredValue(module);
                var bytes = ModuleFile.Read(path, context).Bytes;
                var body = ApiClient.Json(writer =>
                {
                    var given = parsed.GetValue(name) ?? (parsed.GetValue(function) is null
                        ? Path.GetFileNameWithoutExtension(path)
                        : null);
                    if (given is not null) writer.WriteString("name", given);
                    writer.WriteBase64String("wasm_b64", bytes.Span);
                    if (parsed.GetValue(reuse)) writer.WriteBoolean("reuse_identical", true);
                    var settings = parsed.GetValue(file) is { } from ? ReadSettings(from, context) : [];
                    if (memory.Read(parsed) is { } size) In(settings, "limits")["memory_bytes"] = size;
                    if (deadline.Read(parsed) is { } time) In(settings, "limits")["deadline_ms"] = (long)time.TotalMilliseconds;
                    AddPairs("environment", "--env", parsed.GetValue(variables));
                    AddPairs("labels", "--label", parsed.GetValue(labels));
                    writer.WritePropertyName("settings");
                    settings.WriteTo(writer);

                    void AddPairs(string member, string option, string[]? pairs)
                    {
                        foreach (var pair in pairs ?? [])
                        {
                            var (key, value) = ApiVerb.Pair(option, pair);
                            In(settings, member)[key] = value;
                        }
                    }
                });
                return parsed.GetValue(function) is { } id
                    ? client.Print("PATCH", ApiVerb.Path("functions", id), UploadProgress.Around(body, context))
                    : client.Print("POST", "/functions", UploadProgress.Around(body, context));
            });
    }

    /// <summary>An object that is a member of another, made where it is not there.</summary>
    /// <exception cref="CliException">It is something else.</exception>
    private static JsonObject In(JsonObject settings, string member)
    {
        if (settings[member] is null) settings[member] = new JsonObject();
        return settings[member] as JsonObject ?? throw new CliException($"--settings: '{member}' is no object.", ExitCodes.Usage);
    }

    private static JsonObject ReadSettings(string path, CliContext context)
    {
        try
        {
            return JsonNode.Parse(ModuleFile.Read(path, context).Bytes.Span) as JsonObject
                ?? throw new CliException($"{path} holds no JSON object.", ExitCodes.Usage);
        }
        catch (JsonException e)
        {
            throw new CliException($"{path} is no JSON: {e.Message}", ExitCodes.Usage);
        }
    }
}
