namespace TensorWasm.Cli;

/// <summary>Prints a report for people.</summary>
internal static class ReportText
{
    internal static void Write(ModuleReport report, TextWriter output)
    {
        var module = report.Module;
        var name = module.Names.Module is { } given ? $", named {Printable.Quote(given)}" : "";
        var functions = TypeText.Count(module.Bodies.Count, "function");
        output.WriteLine($"{report.Name}: {(report.IsText ? "text, in binary " : "")}{ByteSize.Format(report.Size)}{name}");
        output.WriteLine($"  {functions} of its own, {TypeText.Count(module.ImportedFunctions, "function")} imported");

        Table(output, "Imports", module.Imports.Select(import => (
            TypeText.NameOf(import.Kind),
            $"{Printable.Quote(import.Module)} {Printable.Quote(import.Name)}",
            TypeText.Of(module, import.Kind, import.Index))));
        Table(output, "Exports", module.Exports.Select(export => (
            TypeText.NameOf(export.Kind),
            Printable.Quote(export.Name),
            TypeText.Of(module, export.Kind, export.Index))));
        Table(output, "Memories", module.Memories.Select((memory, i) => ($"{i}", TypeText.Of(memory), "")));
        Table(output, "Tables", module.Tables.Select((table, i) => ($"{i}", TypeText.Of(table), "")));
        Table(output, "Sections", report.Sections.Select(section => (
            section.IsCustom ? "custom" : section.Name,
            ByteSize.Format(section.Size),
            section.IsCustom ? Printable.Quote(section.Name) : "")));

        output.WriteLine();
        output.WriteLine($"Features: {(report.Features.Count == 0 ? "none beyond the first version" : string.Join(", ", report.Features))}");
        WriteRequests(report, output);
    }

    private static void WriteRequests(ModuleReport report, TextWriter output)
    {
        output.WriteLine();
        if (report.Module.Imports.Count == 0)
        {
            output.WriteLine("It asks for nothing: it has no imports.");
            return;
        }
        output.WriteLine("It may ask for:");
        foreach (var capability in WasiCapabilities.All)
        {
            if (!report.Capabilities.Contains(capability)) continue;
            output.WriteLine($"  {capability,-12}{string.Join(", ", report.Capabilities[capability])}");
        }
        if (report.Unknown.Count == 0) return;
        output.WriteLine("  and for what 'tensorwasm run' does not have:");
        foreach (var import in report.Unknown)
        {
            output.WriteLine(
                $"    {TypeText.NameOf(import.Kind)} {Printable.Quote(import.Module)} {Printable.Quote(import.Name)}");
        }
    }

    private static void Table(TextWriter output, string title, IEnumerable<(string First, string Second, string Third)> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0) return;
        const int WidestColumn = 60;
        var first = all.Max(row => row.First.Length);
        var second = Math.Min(WidestColumn, all.Max(row => row.Second.Length));
        output.WriteLine();
        output.WriteLine($"{title} ({all.Count}):");
        foreach (var row in all)
        {
            output.WriteLine($"  {row.First.PadRight(first)}  {row.Second.PadRight(second)}  {row.Third}".TrimEnd());
        }
    }
}
