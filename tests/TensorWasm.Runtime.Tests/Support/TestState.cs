namespace TensorWasm.Runtime.Tests;

/// <summary>State in a folder and a database of its own, which a test opens as often as it likes.</summary>
internal sealed class TestState : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly List<TensorWasmRuntime> _opened = [];

    private TestState(string? connection, Func<RuntimeOptions, RuntimeOptions>? configure)
    {
        var options = new RuntimeOptions
        {
            Folder = _folder.Path,
            PostgresConnection = connection,
            Freshness = TimeSpan.Zero,
            Jobs = new JobOptions { Lease = TimeSpan.FromSeconds(2) },
            OnFault = fault => Faults.Add(fault),
        };
        Options = configure?.Invoke(options) ?? options;
    }

    internal RuntimeOptions Options { get; set; }

    internal List<Exception> Faults { get; } = [];

    internal static async Task<TestState> CreateAsync(
        DatabaseKind kind, PostgresServer? server, Func<RuntimeOptions, RuntimeOptions>? configure = null) =>
        new(kind == DatabaseKind.Postgres ? await server!.CreateDatabaseAsync() : null, configure);

    internal async Task<TensorWasmRuntime> OpenAsync()
    {
        var runtime = await TensorWasmRuntime.OpenAsync(Options);
        _opened.Add(runtime);
        return runtime;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var runtime in _opened) await runtime.DisposeAsync();
        TensorWasm.Runtime.State.SqliteLibrary.Initialize(); // what was open may have been PostgreSQL only
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
        Assert.Empty(Faults);
    }
}
