using System.Diagnostics;
using System.Globalization;

namespace TensorWasm.Runtime.Tests;

/// <summary>What a process has acknowledged is there after it was killed, whenever that was.</summary>
public sealed class CrashTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    /// <summary>Kills for each database: a few; TENSORWASM_TEST_KILLS for more.</summary>
    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("TENSORWASM_TEST_KILLS"), out var kills) ? kills : 4;

    public static TheoryData<DatabaseKind> Databases => [DatabaseKind.Sqlite, DatabaseKind.Postgres];

    [Theory, MemberData(nameof(Databases))]
    public async Task Nothing_that_was_acknowledged_is_lost(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        List<Acknowledged> known = [];
        var random = new Random(4);
        for (var i = 0; i < Kills; i++) known.AddRange(await WorkUntilKilledAsync(state.Options, random.Next(1, 2000)));
        Assert.True(known.Count > Kills, $"only {known.Count} things were acknowledged");

        var runtime = await state.OpenAsync();
        foreach (var (what, id, number) in known)
        {
            switch (what)
            {
                case "function":
                    Assert.Equal(number, (await runtime.CallAsync(Guid.Parse(id))).Results[0].Int32);
                    break;
                case "job":
                    var job = await runtime.WaitAsync(Guid.Parse(id));
                    Assert.Equal((JobStatus.Completed, number), (job.Status, job.Results?[0].Int32));
                    break;
                default:
                    var record = Assert.Single(await runtime.Audit.ReadAsync(long.Parse(id, CultureInfo.InvariantCulture) - 1, 1));
                    Assert.Equal($$"""{"n":{{number}}}""", record.Body);
                    break;
            }
        }
        Assert.True((await runtime.Audit.VerifyAsync()).IsWhole);
    }

    private static async Task<List<Acknowledged>> WorkUntilKilledAsync(RuntimeOptions options, int milliseconds)
    {
        var worker = Path.Combine(AppContext.BaseDirectory, "TensorWasm.Runtime.CrashWorker.dll");
        var start = new ProcessStartInfo("dotnet", [worker, options.Folder, options.PostgresConnection ?? ""])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        List<Acknowledged> acknowledged = [];
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
        // The first things take long, while everything is compiled.
        using var killer = new Timer(_ => process.Kill());
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may be torn; the worker ends each with a full stop.
            if (line.Split(' ') is [var what, var id, var number, "."])
            {
                if (acknowledged.Count == 0) killer.Change(milliseconds, Timeout.Infinite);
                acknowledged.Add(new Acknowledged(what, id, int.Parse(number, CultureInfo.InvariantCulture)));
            }
        }
        await process.WaitForExitAsync();
        return acknowledged;
    }

    private sealed record Acknowledged(string What, string Id, int Number);
}
