namespace TensorWasm.RealPrograms.Tests;

/// <summary>What a guest program is given besides its arguments.</summary>
internal sealed record SandboxSettings
{
    public string Input { get; init; } = "";
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<(string Host, string Guest)> Folders { get; init; } = [];
    public IReadOnlyList<(string Host, string Guest)> ReadOnlyFolders { get; init; } = [];
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(8);
}
