using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TensorWasm.Bench.Reporting;

/// <summary>A suite's tables and raw numbers; printed as it goes, saved at the end.</summary>
internal sealed class Report(string title)
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _text = new();

    /// <summary>Raw numbers, by name.</summary>
    public JsonObject Data { get; } = [];

    /// <summary>What makes the run invalid, such as checksums that differ.</summary>
    public List<string> Problems { get; } = [];

    public void Line(string text = "")
    {
        Console.WriteLine(text);
        _text.Append(text).Append('\n');
    }

    public void Header(params string[] columns)
    {
        Line("| " + string.Join(" | ", columns) + " |");
        Line("|" + string.Concat(Enumerable.Repeat("---|", columns.Length)));
    }

    public void Row(params string[] cells) => Line("| " + string.Join(" | ", cells) + " |");

    public void Problem(string text)
    {
        Problems.Add(text);
        Console.Error.WriteLine("PROBLEM: " + text);
    }

    public static string Number(double value) => value switch
    {
        double.NaN => "-",
        >= 100 => value.ToString("F0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.ToString("F2", CultureInfo.InvariantCulture),
    };

    public static JsonArray Raw(IEnumerable<double> values) =>
        [.. values.Select(value => (JsonNode)Math.Round(value, 4))];

    /// <summary>Writes the report.</summary>
    /// <param name="path">Where, without an extension.</param>
    /// <param name="machine">Where and with what it was measured.</param>
    public void Save(string path, JsonObject machine)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var head = new StringBuilder($"# {title}\n\n");
        foreach (var (name, value) in machine)
            head.Append(CultureInfo.InvariantCulture, $"- {name}: {value}\n");
        foreach (var problem in Problems)
            head.Append(CultureInfo.InvariantCulture, $"- **problem**: {problem}\n");
        File.WriteAllText(path + ".md", head.Append('\n').Append(_text).ToString());
        var all = new JsonObject { ["machine"] = machine, ["problems"] = new JsonArray([.. Problems]), ["results"] = Data };
        File.WriteAllText(path + ".json", all.ToJsonString(Indented) + "\n");
        Console.WriteLine($"wrote {path}.md and .json");
    }
}
