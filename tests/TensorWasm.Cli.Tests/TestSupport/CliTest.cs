using System.Text;

namespace TensorWasm.Cli.Tests;

/// <summary>Runs command lines in process, in a folder of the test's own.</summary>
public abstract class CliTest : IDisposable
{
    private protected const string Math = """
        (module $math
          (memory (export "memory") 1 3)
          (global (export "answer") i32 (i32.const 42))
          (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func (export "both") (result i32 i64) (i32.const 1) (i64.const -2))
          (func (export "i64") (param i64) (result i64) (local.get 0))
          (func (export "f32") (param f32) (result f32) (local.get 0))
          (func (export "f64") (param f64) (result f64) (local.get 0))
          (func (export "v128") (param v128) (result v128) (local.get 0))
          (func (export "funcref") (param funcref) (result funcref) (local.get 0))
          (func $inner (unreachable))
          (func (export "trap") (call $inner))
          (func (export "forever") (loop (br 0)))
          (func $deep (export "deep") (call $deep))
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
        """;

    protected string Folder { get; } = Directory.CreateTempSubdirectory("tensorwasm-cli-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static CliResult Run(params string[] arguments) => RunWith([], CancellationToken.None, arguments);

    private protected static CliResult RunWith(ReadOnlySpan<byte> input, CancellationToken token, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        using var source = new MemoryStream(input.ToArray());
        var exitCode = CommandLine.Run(arguments, output, error, source, token);
        return new CliResult(exitCode, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    /// <summary>Writes a file into the test's folder.</summary>
    private protected string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private protected string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
