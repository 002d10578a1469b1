namespace TensorWasm.Runtime.Tests;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TestFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("tensorwasm-runtime-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
