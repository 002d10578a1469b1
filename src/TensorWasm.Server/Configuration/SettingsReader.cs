using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TensorWasm.Server;

/// <summary>Makes options of a file, the environment and flags; the later of these wins. All errors are told at once.</summary>
public static class SettingsReader
{
    private const long MaxFileBytes = 1 << 20;

    /// <summary>Reads the options.</summary>
    /// <param name="file">A configuration file, YAML or JSON; null: none.</param>
    /// <param name="environment">Gives a variable's value, or null.</param>
    /// <param name="flags">Values by the settings' keys; a key may come more than once.</param>
    /// <param name="errors">Gets a sentence for each value that can't be used.</param>
    /// <returns>The options; only good if there are no errors.</returns>
    public static GatewayOptions Read(
        string? file,
        Func<string, string?> environment,
        IEnumerable<KeyValuePair<string, string>> flags,
        ICollection<string> errors)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var options = new GatewayOptions();
        var inFile = file is null ? [] : ReadFile(file, errors);
        foreach (var setting in Settings.All)
        {
            // The value that wins replaces the others whole: a token list of the file does not add to that of a flag.
            var given = flags.Where(flag => flag.Key == setting.Key).Select(flag => flag.Value).ToList();
            var source = setting.Flag ?? setting.Key;
            foreach (var name in (ReadOnlySpan<string?>)[setting.Environment, setting.OtherEnvironment])
            {
                if (given.Count == 0 && name is not null && environment(name) is { } variable) (given, source) = ([variable], name);
            }
            if (given.Count == 0 && inFile.TryGetValue(setting.Key, out var value))
            {
                (given, source) = ([value], $"{file}: {setting.Key}");
            }
            foreach (var text in given) options = Apply(options, setting, text, source, errors);
        }
        OptionsValidator.Check(options, errors);
        return options;
    }

    /// <summary>
    /// A sentence for each environment variable that is called like a setting and is none. No errors: systems that run
    /// containers make variables of their own that begin like a service's name.
    /// </summary>
    public static IReadOnlyList<string> WarnOfUnknown(IEnumerable<string> variables) =>
    [
        .. variables
            .Where(static name => name.StartsWith(Settings.Env, StringComparison.Ordinal)
                && !Settings.All.Any(setting => setting.Environment == name || setting.OtherEnvironment == name))
            .Order(StringComparer.Ordinal)
            .Select(static name => $"{name} is set, but there is no such setting; docs/configuration.md has all"),
    ];

    private static GatewayOptions Apply(
        GatewayOptions options, Setting setting, string text, string source, ICollection<string> errors)
    {
        try
        {
            return setting.Apply(options, text);
        }
        catch (FormatException e)
        {
            errors.Add(setting.IsSecret && e.Message.Contains(text, StringComparison.Ordinal) && text.Length > 0
                ? $"{source}: the value can't be read"
                : $"{source}: {e.Message}");
            return options;
        }
    }

    private static Dictionary<string, string> ReadFile(string path, ICollection<string> errors)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (!File.Exists(path))
            {
                errors.Add($"there is no file {path}. Paths are relative to {Environment.CurrentDirectory}.");
                return values;
            }
            if (new FileInfo(path).Length > MaxFileBytes)
            {
                errors.Add($"{path}: the file is larger than 1 MiB");
                return values;
            }
            using var reader = new StreamReader(path);
            // JSON is YAML, too.
            var yaml = new YamlStream();
            yaml.Load(reader);
            if (yaml.Documents.Count == 0) return values;
            Flatten(path, yaml.Documents[0].RootNode, "", values, errors);
        }
        catch (YamlException e)
        {
            errors.Add(string.Create(
                CultureInfo.InvariantCulture, $"{path}:{e.Start.Line}:{e.Start.Column}: {e.InnerException?.Message ?? e.Message}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(e.Message);
        }
        return values;
    }

    // Two levels are all that settings have: deeper files are not walked into.
    private static void Flatten(
        string path, YamlNode node, string prefix, Dictionary<string, string> values, ICollection<string> errors)
    {
        if (node is not YamlMappingNode mapping)
        {
            errors.Add($"{path}: {(prefix.Length == 0 ? "the file" : prefix.TrimEnd('.'))} is no mapping of names to values");
            return;
        }
        foreach (var (name, value) in mapping.Children)
        {
            var key = prefix + (name as YamlScalarNode)?.Value;
            var isKnown = Settings.All.Any(setting => setting.Key == key);
            if (isKnown && Text(value) is { } text) values[key] = text;
            else if (isKnown) errors.Add($"{path}: {key} is neither a value nor a list of values");
            else if (prefix.Length == 0 && Settings.All.Any(s => s.Key.StartsWith(key + ".", StringComparison.Ordinal)))
            {
                Flatten(path, value, key + ".", values, errors);
            }
            else errors.Add($"{path}: there is no setting '{key}'");
        }
    }

    private static string? Text(YamlNode node) => node switch
    {
        YamlScalarNode scalar => scalar.Value ?? "",
        YamlSequenceNode list when list.All(item => item is YamlScalarNode) =>
            string.Join(',', list.Select(item => ((YamlScalarNode)item).Value)),
        _ => null,
    };
}
