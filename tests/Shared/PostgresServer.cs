using System.Diagnostics;
using Npgsql;

namespace TensorWasm.TestSupport;

/// <summary>
/// A PostgreSQL server for the tests: the one of TENSORWASM_TEST_POSTGRES (a connection string of a user who may create
/// databases), else one that is started for this run where PostgreSQL is installed.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Variable = "TENSORWASM_TEST_POSTGRES";
    private string? _connection;
    private string? _folder;
    private string? _reason;

    public async ValueTask InitializeAsync()
    {
        _connection = Environment.GetEnvironmentVariable(Variable);
        if (_connection is not null) return;
        if (FindTools() is not { } tools)
        {
            _reason = $"PostgreSQL is not installed, and {Variable} is not set";
            return;
        }
        _folder = Directory.CreateTempSubdirectory("tensorwasm-postgres-").FullName;
        var data = Path.Combine(_folder, "data");
        // The server refuses to run as root.
        var isRoot = Environment.UserName == "root";
        if (isRoot) await RunAsync("chown", "postgres", _folder);
        await RunAs(isRoot, Path.Combine(tools, "initdb"), "-D", data, "-U", "tester", "-A", "trust", "--no-sync");
        await StartAsync();
        _connection = $"Host={_folder};Username=tester;Database=postgres;Maximum Pool Size=40";
    }

    public async ValueTask DisposeAsync()
    {
        if (_folder is null) return;
        NpgsqlConnection.ClearAllPools();
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Whether the server was started for this run, so that it may be stopped.</summary>
    internal bool IsOwn => _folder is not null;

    internal Task StartAsync() => RunAs(
        Environment.UserName == "root", Path.Combine(FindTools()!, "pg_ctl"), "start", "-w", "-D",
        Path.Combine(_folder!, "data"), "-l", Path.Combine(_folder!, "log"), "-o",
        $"-k {_folder} -c listen_addresses= -c max_connections=200");

    /// <summary>Stops the server as a crash would.</summary>
    internal Task StopAsync() => RunAs(
        Environment.UserName == "root", Path.Combine(FindTools()!, "pg_ctl"), "stop", "-w", "-m", "immediate", "-D",
        Path.Combine(_folder!, "data"));

    /// <summary>A fresh database's connection string. Without a server the test is skipped, or fails in CI.</summary>
    internal async Task<string> CreateDatabaseAsync()
    {
        if (_connection is null)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(_reason!);
            Assert.Skip(_reason!);
        }
        var name = $"t{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(_connection) { Database = name }.ToString();
    }

    private static string? FindTools()
    {
        const string Installed = "/usr/lib/postgresql";
        var folders = Directory.Exists(Installed)
            ? Directory.EnumerateDirectories(Installed).OrderDescending().Select(static f => Path.Combine(f, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders.Concat(path).FirstOrDefault(static folder =>
            File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));
    }

    private static Task RunAs(bool asPostgres, string program, params string[] arguments) =>
        asPostgres ? RunAsync("runuser", ["-u", "postgres", "--", program, .. arguments]) : RunAsync(program, arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // No pipes: the server that pg_ctl starts would keep them open.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" > /dev/null 2>&1 < /dev/null", "sh", program, .. arguments])
        {
            WorkingDirectory = "/",
        })!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
