using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(TensorWasm.Server.Tests.TestDatabase))]

namespace TensorWasm.Server.Tests;

/// <summary>
/// Where the gateways of this run keep their state: SQLite, or with TENSORWASM_TEST_DATABASE=postgres a PostgreSQL
/// database for each data folder.
/// </summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private static readonly bool IsPostgres =
        Environment.GetEnvironmentVariable("TENSORWASM_TEST_DATABASE") == "postgres";

    private static readonly PostgresServer Server = new();
    private static readonly ConcurrentDictionary<string, Task<string>> Connections = [];

    /// <summary>The connection string for a data folder; null for SQLite.</summary>
    internal static async Task<string?> OfAsync(string folder) =>
        IsPostgres ? await Connections.GetOrAdd(folder, static _ => Server.CreateDatabaseAsync()) : null;

    public ValueTask InitializeAsync() => IsPostgres ? Server.InitializeAsync() : ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => IsPostgres ? Server.DisposeAsync() : ValueTask.CompletedTask;
}
