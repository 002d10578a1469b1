using System.Text;

namespace TensorWasm.Server.Tests;

/// <summary>docs/configuration.md is made of the settings' table; TENSORWASM_ACCEPT=1 writes it anew.</summary>
public sealed class ConfigurationPageTests
{
    [Fact]
    public void The_page_has_every_setting()
    {
        var path = Path.GetFullPath(Samples.Path("../docs/configuration.md"));
        if (Environment.GetEnvironmentVariable("TENSORWASM_ACCEPT") == "1") File.WriteAllText(path, Page());
        Assert.Equal(Page(), File.ReadAllText(path));
    }

    [Fact]
    public void Every_setting_has_names_of_its_own()
    {
        foreach (var names in (IEnumerable<string>[])
            [Settings.All.Select(s => s.Key), Settings.All.SelectMany(s => new[] { s.Environment, s.OtherEnvironment }).OfType<string>(), Settings.All.Select(s => s.Flag).OfType<string>()])
        {
            Assert.Equal(names.Count(), names.Distinct().Count());
        }
    }

    [Fact]
    public void A_misspelt_variable_is_told() => Assert.Contains(
        "TENSOR_WASM_API_RATE_LIMT_QPS", Assert.Single(SettingsReader.WarnOfUnknown(
            ["PATH", "TENSOR_WASM_SERVER", "TENSOR_WASM_API_RATE_LIMIT_QPS", "TENSOR_WASM_API_RATE_LIMT_QPS"])), StringComparison.Ordinal);

    [Fact]
    public void A_file_is_read_and_all_its_errors_are_told_at_once()
    {
        var folder = Directory.CreateTempSubdirectory("tensorwasm-config-");
        try
        {
            var path = Path.Combine(folder.FullName, "c.yaml");
            File.WriteAllText(path, "listen: 127.0.0.1:9\nlimits:\n  qps: 5\ncors:\n  origins: [https://a, https://b]\n");
            var errors = new List<string>();
            var options = SettingsReader.Read(path, name => name == "TENSOR_WASM_API_RATE_LIMIT_BURST" ? "7" : null, [new("data", "d")], errors);
            Assert.Empty(errors);
            Assert.Equal(9, options.Listen.Port);
            Assert.Equal(new RateLimit(5, 7), options.TokenRate);
            Assert.Equal(["https://a", "https://b"], options.CorsOrigins);
            Assert.Equal("d", options.DataFolder);
            // The first of two variables wins.
            foreach (var (set, endpoint) in ((string[], string)[])
                [(["OTEL_EXPORTER_OTLP_ENDPOINT"], "OTEL_EXPORTER_OTLP_ENDPOINT"),
                 (["OTEL_EXPORTER_OTLP_ENDPOINT", "TENSOR_WASM_OTLP_ENDPOINT"], "TENSOR_WASM_OTLP_ENDPOINT")])
            {
                Assert.Equal(endpoint, SettingsReader.Read(null, name => set.Contains(name) ? name : null, [], errors).OtlpEndpoint);
            }
            File.WriteAllText(path, """{"listen": "nowhere", "limits": {"max_body_bytes": "x", "other": 1}, "unknown": 2, "server_key": "short"}""");
            SettingsReader.Read(path, _ => null, [], errors);
            Assert.Equal(5, errors.Count);
            Assert.DoesNotContain(errors, error => error.Contains("short", StringComparison.Ordinal));
            File.WriteAllText(path, "a: [");
            errors.Clear();
            SettingsReader.Read(path, _ => null, [], errors);
            Assert.StartsWith($"{path}:", Assert.Single(errors));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Page()
    {
        var page = new StringBuilder("""
            # Configuration of `tensorwasm serve`

            Made of the settings' table by a test; do not edit. A flag wins over its environment variable, and that over the
            configuration file (`--config`, or `TENSOR_WASM_CONFIG`), which is YAML or JSON: dots in the names are levels.

            | in the file | environment | flag | form | default | meaning |
            | --- | --- | --- | --- | --- | --- |

            """.ReplaceLineEndings("\n"));
        foreach (var setting in Settings.All)
        {
            var flag = setting.Flag is null ? "" : $"`{setting.Flag}`";
            var other = setting.OtherEnvironment is null ? "" : $", or `{setting.OtherEnvironment}`";
            page.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"| `{setting.Key}` | `{setting.Environment}`{other} | {flag} | {setting.Form} | {setting.Default} | {setting.Meaning} |\n");
        }
        return page.ToString();
    }
}
