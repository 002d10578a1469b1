using System.Text;

namespace TensorWasm.Cli;

/// <summary>Writes what a command made to the file that was asked for.</summary>
internal static class OutputFile
{
    internal static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <exception cref="CliException">It can't be written.</exception>
    internal static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            File.WriteAllBytes(path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CliException($"{path} can't be written: {e.Message}");
        }
    }
}
