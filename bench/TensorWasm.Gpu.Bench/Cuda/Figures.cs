using System.Globalization;
using System.Text;

namespace TensorWasm.Gpu.Bench;

/// <summary>What a run prints and saves: lines of a table, and the raw numbers behind them.</summary>
internal sealed class Figures
{
    private readonly StringBuilder _text = new();

    public void Line(string text = "")
    {
        Console.WriteLine(text);
        _text.Append(text).Append('\n');
    }

    public void Title(string text, params string[] columns)
    {
        Line();
        Line($"## {text}");
        Line();
        Line("| " + string.Join(" | ", columns) + " |");
        Line("|" + string.Concat(Enumerable.Repeat("---|", columns.Length)));
    }

    public void Row(params string[] cells) => Line("| " + string.Join(" | ", cells) + " |");

    public void Save(string path) => File.WriteAllText(path, _text.ToString());

    public static string Number(double value) =>
        value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : "F3", CultureInfo.InvariantCulture);

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }

    public static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(Math.Log));
}
