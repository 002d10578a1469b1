namespace TensorWasm.RealPrograms.Tests;

/// <summary>CPython 3.11, unmodified, with its standard library.</summary>
public sealed class PythonTests
{
    private static string Python => Prerequisites.Program("python-3.11.3.wasm");

    /// <summary>Scripts whose output does not depend on the version: the system's Python is the oracle.</summary>
    [Theory]
    [InlineData("language.py")]
    [InlineData("library.py")]
    [InlineData("arithmetic.py")]
    public void Script_PrintsWhatTheSystemsPythonPrints(string script)
    {
        var folder = Path.Combine(Repository.Root, "tests", "TensorWasm.RealPrograms.Tests", "Scripts");
        var oracle = Oracle.Run(Prerequisites.System("python3"), ["-E", Path.Combine(folder, script)]);
        oracle.AssertSucceeded();

        var outcome = Sandbox.Run(
            Python, ["/scripts/" + script], new SandboxSettings { ReadOnlyFolders = [(folder, "/scripts")] });

        outcome.AssertSameAs(oracle);
    }

    [Fact]
    public void UncaughtException_PrintsATraceAndEndsWithOne()
    {
        var outcome = Sandbox.Run(Python, ["-c", "def f(): return 1 / 0\nf()"]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.EndsWith("ZeroDivisionError: division by zero\n", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void ExitStatus_IsTheGuests()
    {
        var outcome = Sandbox.Run(Python, ["-c", "import sys; print(sys.stdin.read()[::-1]); sys.exit(42)"],
            new SandboxSettings { Input = "stressed" });

        Assert.Equal(42, outcome.ExitCode);
        Assert.Equal("desserts\n", outcome.Output);
    }

    /// <summary>CPython's own tests of a module: each case is counted by CPython's runner.</summary>
    [Theory]
    [InlineData("test_json")]
    [InlineData("test_re")]
    [InlineData("test_struct")]
    [InlineData("test_hashlib")]
    [InlineData("test_collections")]
    [InlineData("test_datetime")]
    [InlineData("test_zlib")]
    [InlineData("test_math")]
    [InlineData("test_itertools")]
    [InlineData("test_functools")]
    [InlineData("test_generators")]
    [InlineData("test_base64")]
    public void PythonsOwnTests_Pass(string module)
    {
        using TemporaryFolder temporary = new();
        var outcome = Sandbox.Run(
            Python,
            // Debian carries the test of a fix that this release of the interpreter lacks; and this build can't sleep
            // (its libc refuses absolute sleeps), in any host.
            ["-m", "test", "-v", "-i", "test_bug_gh106052", "-i", "test_today", module],
            new SandboxSettings
            {
                Variables = new Dictionary<string, string>
                {
                    ["PYTHONPATH"] = "/lib",
                    ["PYTHONDONTWRITEBYTECODE"] = "1",
                    ["TMPDIR"] = "/tmp",
                },
                Folders = [(temporary.Path, "/tmp"), (temporary.Path, ".")],
                ReadOnlyFolders = [(Prerequisites.PythonTests, "/lib")],
            });

        outcome.AssertSucceeded();
        Assert.Contains("Tests result: SUCCESS", outcome.Output, StringComparison.Ordinal);
    }
}
