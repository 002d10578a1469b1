using System.CommandLine;

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
        var reuse = new Option<bool>("--reuse") { Description = "Answers an identical function that is there already." };
        var memory = new ValueOption<ulong>(
            "--max-memory", "bytes", "What its guests' memory may grow to: 65536, 64M, 1G.",
            static text => ByteSize.TryParse(text, out var bytes) ? bytes : (ulong?)null, "a size such as 65536, 64M or 1G");
        var deadline = new ValueOption<TimeSpan>(
            "--deadline", "time", "How long its guests may run: 500ms, 5s, 2m.",
            static text => Duration.TryParse(text, out var time) ? time : (TimeSpan?)null, "a time such as 500ms, 5s or 2m");
        return ApiVerb.Create(
            context, "deploy", "Deploys a module as a function.",
            ("tensorwasm deploy --name adder add.wasm", "prints the function's id"),
            [name, function, variables, labels, reuse, memory, deadline, module],
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
                    writer.WriteStartObject("settings");
                    writer.WriteStartObject("limits");
                    if (memory.Read(parsed) is { } size) writer.WriteNumber("memory_bytes", size);
                    if (deadline.Read(parsed) is { } time) writer.WriteNumber("deadline_ms", (long)time.TotalMilliseconds);
                    writer.WriteEndObject();
                    WriteMap("environment", "--env", parsed.GetValue(variables));
                    WriteMap("labels", "--label", parsed.GetValue(labels));
                    writer.WriteEndObject();

                    void WriteMap(string member, string option, string[]? pairs)
                    {
                        if (pairs is null or []) return;
                        writer.WriteStartObject(member);
                        foreach (var pair in pairs)
                        {
                            var (key, value) = ApiVerb.Pair(option, pair);
                            writer.WriteString(key, value);
                        }
                        writer.WriteEndObject();
                    }
                });
                return parsed.GetValue(function) is { } id
                    ? client.Print("PATCH", ApiVerb.Path("functions", id), UploadProgress.Around(body, context))
                    : client.Print("POST", "/functions", UploadProgress.Around(body, context));
            });
    }
}
