using System.CommandLine;
using System.Text.Json;

namespace TensorWasm.Cli.Commands;

/// <summary><c>invoke</c>: calls a function on a server.</summary>
internal static class InvokeCommand
{
    private const string BytesType = "application/octet-stream";

    internal static Command Create(CliContext context)
    {
        var function = ApiVerb.Id("function", "The function's id; with @ and a version's number or alias behind it.");
        var export = ApiVerb.Text("--export", "name", "The export to call: _start or main by default.");
        var arguments = ApiVerb.Text("--args", "json", "The arguments: a JSON array of numbers and strings.");
        var input = ApiVerb.Text("--input", "file", "Bytes that the guest can read; - for standard input.");
        var output = new Option<bool>("--raw") { Description = "Prints what the guest emits instead of what it returns." };
        var stream = new Option<bool>("--stream") { Description = "Prints what the guest emits while it runs." };
        var later = new Option<bool>("--async") { Description = "Does not wait; prints the job's id." };
        var key = ApiVerb.Text("--key", "text", "With --async: a key under which the call may be repeated safely.");
        return ApiVerb.Create(
            context, "invoke", "Calls a function.",
            ("tensorwasm invoke 01a1… --export add --args '[2, 3]'", "prints {\"function_id\":\"01a1…\",\"result\":[5]}"),
            [export, arguments, input, output, stream, later, key, function],
            (client, parsed) =>
            {
                var call = parsed.GetValue(stream) ? "invoke-stream" : parsed.GetValue(later) ? "invoke-async" : "invoke";
                var path = ApiVerb.Path("functions", parsed.GetRequiredValue(function), call);
                var body = ApiClient.Json(writer =>
                {
                    if (parsed.GetValue(export) is { } name) writer.WriteString("export", name);
                    if (parsed.GetValue(arguments) is { } text) WriteArguments(writer, text);
                    if (parsed.GetValue(input) is { } file)
                    {
                        writer.WriteBase64String("input_b64", ModuleFile.Read(file, context).Bytes.Span);
                    }
                });
                List<(string, string)> headers = [];
                if (parsed.GetValue(output) || parsed.GetValue(stream)) headers.Add(("Accept", BytesType));
                if (parsed.GetValue(key) is { } idempotency) headers.Add(("Idempotency-Key", idempotency));
                // What is printed while the guest runs tells by itself that it does.
                using var progress = parsed.GetValue(stream) ? null : new WaitProgress(context, "waiting for the function");
                using var response = client.Send("POST", path, body, [.. headers]);
                progress?.Dispose();
                return client.Print(response);
            });
    }

    private static void WriteArguments(Utf8JsonWriter writer, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Array) throw new JsonException();
            writer.WritePropertyName("args");
            document.RootElement.WriteTo(writer);
        }
        catch (JsonException)
        {
            throw new CliException($"--args: '{text}' is no JSON array.", ExitCodes.Usage);
        }
    }
}
