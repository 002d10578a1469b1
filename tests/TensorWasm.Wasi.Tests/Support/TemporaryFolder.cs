namespace TensorWasm.Wasi.Tests.Support;

/// <summary>A folder with a sandbox in it and a secret beside that, removed at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public const string Secret = "the secret outside";

    public TemporaryFolder()
    {
        Root = Directory.CreateTempSubdirectory("tensorwasm-wasi-").FullName;
        Inside = Directory.CreateDirectory(Path.Combine(Root, "inside")).FullName;
        Outside = Directory.CreateDirectory(Path.Combine(Root, "outside")).FullName;
        File.WriteAllText(Path.Combine(Outside, "secret"), Secret);
    }

    /// <summary>Holds both.</summary>
    public string Root { get; }

    /// <summary>What tests grant.</summary>
    public string Inside { get; }

    /// <summary>What no guest may reach.</summary>
    public string Outside { get; }

    public string this[string name] => Path.Combine(Inside, name);

    public WasiConfiguration Grant(FolderAccess access = FolderAccess.ReadWrite) =>
        WasiConfiguration.Empty.WithFolder(Inside, "/", access);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
