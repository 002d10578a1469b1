namespace TensorWasm.Ptx.Isa;

/// <summary>Reads the tables that are embedded beside this file: one row a line, '#' starts a comment.</summary>
internal static class IsaData
{
    public static IEnumerable<string> Lines(string name)
    {
        using Stream stream = typeof(IsaData).Assembly.GetManifestResourceStream($"TensorWasm.Ptx.Isa.{name}")
            ?? throw new InvalidOperationException($"The embedded table {name} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            int comment = line.IndexOf('#', StringComparison.Ordinal);
            string row = (comment < 0 ? line : line[..comment]).Trim();
            if (row.Length > 0)
            {
                yield return row;
            }
        }
    }
}
