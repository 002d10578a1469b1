namespace TensorWasm.RealPrograms.Tests;

/// <summary>QuickJS, SQLite and PHP, unmodified.</summary>
public sealed class InterpreterTests
{
    private static string Scripts { get; } =
        Path.Combine(Repository.Root, "tests", "TensorWasm.RealPrograms.Tests", "Scripts");

    [Fact]
    public void QuickJs_PrintsWhatNodePrints()
    {
        var oracle = Oracle.Run(Prerequisites.Node, [Path.Combine(Scripts, "features.js")]);
        oracle.AssertSucceeded();

        var outcome = Sandbox.Run(
            Prerequisites.Program("wasmedge_quickjs.wasm"), ["features.js"],
            new SandboxSettings { ReadOnlyFolders = [(Scripts, ".")] });

        outcome.AssertSameAs(oracle);
    }

    /// <summary>The guest is of 2020 or so; the script keeps to what it and the system's SQLite answer alike.</summary>
    [Fact]
    public void Sqlite_AnswersWhatTheSystemsSqliteAnswers()
    {
        var script = File.ReadAllText(Path.Combine(Scripts, "queries.sql"));
        var oracle = Oracle.Run(Prerequisites.System("sqlite3"), ["-batch", ":memory:"], script);
        oracle.AssertSucceeded();

        var outcome = Sandbox.Run(
            Prerequisites.Program("sqlite.wasm"), ["-batch", ":memory:"], new SandboxSettings { Input = script });

        outcome.AssertSameAs(oracle);
    }

    [Fact]
    public void Sqlite_KeepsADatabaseInAGrantedFolder()
    {
        using TemporaryFolder folder = new();
        var settings = new SandboxSettings { Folders = [(folder.Path, "/")] };
        var sqlite = Prerequisites.Program("sqlite.wasm");

        Sandbox.Run(sqlite, ["/kept.db", "create table t (x); insert into t values (1), (2), (40);"], settings)
            .AssertSucceeded();
        var outcome = Sandbox.Run(sqlite, ["/kept.db", "select sum(x) - 1 from t;"], settings);

        Assert.Equal("42\n", outcome.Output);
        var oracle = Oracle.Run(
            Prerequisites.System("sqlite3"), [Path.Combine(folder.Path, "kept.db"), "select count(*) from t; pragma integrity_check"]);
        Assert.Equal("3\nok\n", oracle.Output);
    }

    [Fact]
    public void Php_RunsAScript()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(
            Path.Combine(folder.Path, "sum.php"),
            "<?php $words = array_map('strrev', explode(' ', 'eno owt')); echo json_encode([$words, array_sum(range(1, 100)), md5('x')]);");

        var outcome = Sandbox.Run(
            Prerequisites.Program("php-cgi-8.2.0.wasm"), ["-q", "/app/sum.php"],
            new SandboxSettings { ReadOnlyFolders = [(folder.Path, "/app")] });

        Assert.Equal("""[["one","two"],5050,"9dd4e461268c8034f5c8564e155c67a6"]""", outcome.Output);
    }
}
