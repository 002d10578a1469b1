using TensorWasm.Wasi.Tests.Support;

namespace TensorWasm.Wasi.Tests;

/// <summary>Whole programs, unmodified: one of ours through wasi-libc, and real ones from an npm package.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_C_program_finds_everything_as_POSIX_says()
    {
        File.WriteAllText(Path.Combine(_folder.Root, "secret"), "secret");
        string readOnly = Directory.CreateDirectory(Path.Combine(_folder.Root, "ro")).FullName;
        File.WriteAllText(Path.Combine(readOnly, "data"), "data");

        ProgramOutcome outcome = Programs.Run(
            Path.Combine(Programs.GuestFolder, "wasm", "wasi-checks.wasm"),
            WasiConfiguration.Empty
                .WithArguments("program", "one", "zwölf")
                .WithEnvironment("NAME", "value=1")
                .WithFolder(_folder.Inside, ".", FolderAccess.ReadWrite)
                .WithFolder(readOnly, "/ro"),
            "a line\n");

        Assert.Equal(
            "files\ndirectories\nlinks\nread-only folder\ntime\ndone\n", outcome.Output);
        Assert.Equal(42, outcome.ExitCode);
        Assert.Equal("read: a line\n", outcome.Error);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Inside));
    }

    [Fact]
    public void SQLite_of_snapshot_0_runs_queries_on_a_file()
    {
        string sqlite = Programs.FromPackage("sqlite.wasm");
        WasiConfiguration configuration = WasiConfiguration.Empty
            .WithArguments("sqlite", "-batch", "/guest/test.db")
            .WithFolder(_folder.Inside, "/guest", FolderAccess.ReadWrite);

        ProgramOutcome made = Programs.Run(sqlite, configuration, """
            CREATE TABLE numbers (n INTEGER PRIMARY KEY, text TEXT);
            WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000)
            INSERT INTO numbers SELECT n, 'number ' || n FROM c;
            SELECT sum(n), max(text), count(*) FROM numbers;

            """);
        ProgramOutcome read = Programs.Run(sqlite, configuration, "SELECT text FROM numbers WHERE n = 777;\n");

        Assert.Equal(("500500|number 999|1000\n", ""), (made.Output, made.Error));
        Assert.Equal(("number 777\n", 0), (read.Output, read.ExitCode));
        Assert.StartsWith("SQLite format 3", File.ReadAllText(_folder["test.db"]), StringComparison.Ordinal);
    }

    [Fact]
    public void QuickJS_runs_a_script()
    {
        string quickjs = Programs.FromPackage("wasmedge_quickjs.wasm");
        File.WriteAllText(_folder["script.js"], """
            const squares = Array.from({ length: 10 }, (_, i) => i * i);
            print(JSON.stringify({ sum: squares.reduce((a, b) => a + b), text: "grüße".toUpperCase() }));
            print(2n ** 100n, [3, 1, 2].sort().join(), /(\d+)-(\d+)/.exec("12-34").slice(1));
            """);

        ProgramOutcome outcome = Programs.Run(
            quickjs,
            WasiConfiguration.Empty.WithArguments("quickjs", "/script.js").WithFolder(_folder.Inside, "/"));

        Assert.Equal(
            "{\"sum\":285,\"text\":\"GRÜSSE\"}\n1267650600228229401496703205376 1,2,3 12,34\n", outcome.Output);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public void CPython_runs_a_script_with_its_library()
    {
        string python = Programs.FromPackage("python-3.11.3.wasm");
        string root = Environment.GetEnvironmentVariable("GUEST_PYTHON_ROOT")
            ?? Path.Combine(Programs.GuestFolder, "npm", "node_modules", ".python");
        File.WriteAllText(_folder["script.py"], """
            import hashlib, json, os, pathlib, re, sys, tempfile, time, zlib
            print(sys.version_info[:3], sys.platform, sys.argv[1:], os.environ["GREETING"])
            print(json.dumps({"sha": hashlib.sha256(b"abc").hexdigest(), "crc": zlib.crc32(b"hello")}))
            work = pathlib.Path("/guest")
            (work / "made").mkdir()
            for i in range(200):
                (work / "made" / f"file-{i}").write_text("x" * i)
            print(len(os.listdir("/guest/made")), sum(p.stat().st_size for p in (work / "made").iterdir()))
            with open("/guest/data", "w+b") as f:
                f.write(bytes(range(256)) * 100); f.seek(-3, os.SEEK_END); print(f.read(), f.tell()); f.truncate(10)
            print(os.stat("/guest/data").st_size, os.path.exists("/guest/missing"))
            for attempt in ("../outside/secret", "/guest/../../etc/passwd", "/lib-is-elsewhere"):
                try: open(attempt); print("opened", attempt)
                except OSError as e: print(type(e).__name__)
            try: open("/ro/new", "w"); print("wrote")
            except OSError as e: print("refused", e.errno)
            a = time.monotonic(); b = time.monotonic(); print(0 <= b - a < 60, time.time() > 1.7e9)
            print(re.sub(r"(\w+)", lambda m: m[1][::-1], sys.stdin.read().strip()))
            sys.exit(7)
            """);

        ProgramOutcome outcome = Programs.Run(
            python,
            WasiConfiguration.Empty
                .WithArguments("python", "/guest/script.py", "argument")
                .WithEnvironment("GREETING", "hallo")
                .WithEnvironment("PYTHONDONTWRITEBYTECODE", "1")
                .WithFolder(Path.Combine(root, "usr"), "/usr")
                .WithFolder(_folder.Outside, "/ro")
                .WithFolder(_folder.Inside, "/guest", FolderAccess.ReadWrite),
            "stressed desserts\n");

        Assert.True(outcome.Error.Length == 0, outcome.Error);
        Assert.Equal(
            """
            (3, 11, 3) wasi ['argument'] hallo
            {"sha": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "crc": 907060870}
            200 19900
            b'\xfd\xfe\xff' 25600
            10 False
            FileNotFoundError
            PermissionError
            FileNotFoundError
            refused 76
            True True
            desserts stressed

            """, outcome.Output);
        Assert.Equal(7, outcome.ExitCode);
    }
}
