using System.CommandLine;
using Microsoft.Extensions.Logging;
using TensorWasm.Runtime;
using TensorWasm.Server;

namespace TensorWasm.Cli.Commands;

/// <summary><c>serve</c>: runs the gateway until it is told to stop.</summary>
internal static class ServeCommand
{
    internal static Command Create(CliContext context)
    {
        var file = new Option<string?>("--config")
        {
            Description = "A configuration file, YAML or JSON; by default $TENSOR_WASM_CONFIG.",
            HelpName = "file",
        };
        var command = new Verb("serve", "Serves functions over HTTP to many tenants.")
        {
            Examples =
            [
                ("tensorwasm serve --dev", "on this machine, without tokens"),
                ("TENSOR_WASM_API_ADMIN_TOKEN=… tensorwasm serve --data /var/lib/tensorwasm", "with a token to begin with"),
                ("tensorwasm serve --config tensorwasm.yaml", "docs/configuration.md has all settings"),
            ],
            Notes = """
                A flag wins over its environment variable, and that over the configuration file. Log messages
                go to standard error, one JSON object a line. SIGTERM and SIGINT stop it: requests that run may
                end.

                With --supervise a second process serves. It ends with status 75 when its device is lost, and the
                next one is started.

                Exit status: 0 when it was stopped; 1 if it can't start; 2 if a setting is wrong.
                """,
        };
        command.Add(file);
        var flags = new List<(Setting Setting, Option Option)>();
        foreach (var setting in Settings.All.Where(setting => setting.Flag is not null))
        {
            Option option = setting.Form == "switch"
                ? new Option<bool>(setting.Flag!) { Description = setting.Meaning }
                : new Option<string[]>(setting.Flag!)
                {
                    Description = setting.Meaning,
                    HelpName = setting.Form,
                    Arity = ArgumentArity.OneOrMore,
                };
            flags.Add((setting, option));
            command.Add(option);
        }
        command.SetAction(parsed => Serve(context, Read(parsed, file, flags)));
        return command;
    }

    private static GatewayOptions Read(
        ParseResult parsed, Option<string?> file, List<(Setting Setting, Option Option)> flags)
    {
        var given = new List<KeyValuePair<string, string>>();
        foreach (var (setting, option) in flags)
        {
            if (option is Option<bool> flag && parsed.GetValue(flag)) given.Add(new(setting.Key, "true"));
            if (option is not Option<string[]> values) continue;
            given.AddRange((parsed.GetValue(values) ?? []).Select(value => new KeyValuePair<string, string>(setting.Key, value)));
        }
        var errors = new List<string>();
        var path = parsed.GetValue(file) ?? Environment.GetEnvironmentVariable("TENSOR_WASM_CONFIG");
        var options = SettingsReader.Read(path, Environment.GetEnvironmentVariable, given, errors);
        return errors.Count == 0 ? options : throw new CliException(string.Join("\n", errors), ExitCodes.Usage);
    }

    private static int Serve(CliContext context, GatewayOptions options)
    {
        try
        {
            return GatewayProgram.RunAsync(options, EnvironmentOf(context), context.Input, context.Token).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or StateUnavailableException)
        {
            throw new CliException(e.Message);
        }
    }

    private static GatewayEnvironment EnvironmentOf(CliContext context) => new()
    {
        StandardOutput = context.OutputStream,
        Warnings = SettingsReader.WarnOfUnknown(Environment.GetEnvironmentVariables().Keys.Cast<string>()),
        ConfigureLogging = logging => logging.AddProvider(new JsonLogProvider(context.ErrorStream, TimeProvider.System)),
    };
}
