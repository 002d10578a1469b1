using System.Diagnostics;

namespace TensorWasm.Cli.Tests;

/// <summary>The built program as a process: what only a process has, and that it starts at all.</summary>
public sealed class ExecutableTests : CliTest
{
    private static readonly string Executable =
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "tensorwasm.exe" : "tensorwasm");

    [Fact]
    public async Task It_runs_a_program_and_answers_its_exit_code()
    {
        var path = Write("hello.wat", """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "\10\00\00\00\06\00\00\00")
              (data (i32.const 16) "hello\n")
              (func (export "_start")
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
                (call $exit (i32.const 42))))
            """);
        using var process = Start("run", path);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal("hello\n", output);
        Assert.Equal(42, process.ExitCode);
    }

    [Theory]
    [InlineData("-INT", 130)]
    [InlineData("-TERM", 143)]
    public async Task A_signal_stops_the_guest(string signal, int expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are sent by kill(1)");
        var path = Write("forever.wat", """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "\10\00\00\00\01\00\00\00")
              (data (i32.const 16) "\n")
              (func (export "_start")
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
                (loop (br 0))))
            """);
        using var process = Start("run", path);
        // It has started when it has written.
        Assert.Equal("", await process.StandardOutput.ReadLineAsync());
        using (var kill = Process.Start("kill", [signal, $"{process.Id}"])) await kill.WaitForExitAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);
        Assert.Equal(expected, process.ExitCode);
        Assert.Equal("", await process.StandardError.ReadToEndAsync());
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_it_quietly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a POSIX shell");
        var functions = string.Concat(Enumerable.Repeat("(func (drop (i32.const 1)))", 20_000));
        var path = Write("long.wat", $"(module {functions})");
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", $"'{Executable}' wat '{path}' | head -n 1; exit 0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        Assert.Equal("(module\n", await process.StandardOutput.ReadToEndAsync());
        Assert.Equal("", await error);
        await process.WaitForExitAsync();
    }

    [Fact]
    public async Task Bash_completes_by_the_script()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no bash");
        const string Script = """
            source <(tensorwasm completions bash)
            complete_line() {
              COMP_LINE="$1"; COMP_POINT=${#1}; read -ra COMP_WORDS <<< "$1"
              [ "${1: -1}" = " " ] && COMP_WORDS+=("")
              COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tensorwasm; echo "${COMPREPLY[*]}"
            }
            complete_line "tensorwasm wa"
            complete_line "tensorwasm run --max-"
            complete_line "tensorwasm run --bounds-checks "
            complete_line "tensorwasm completions f"
            """;
        Assert.Equal("wasm wast wat\n--max-memory --max-stack\nauto explicit guard\nfish\n", await RunShell("/bin/bash", Script));
    }

    [Fact]
    public async Task Fish_completes_by_the_script()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/fish"), "there is no fish");
        const string Script = """
            tensorwasm completions fish | source
            complete -C "tensorwasm wa"
            complete -C "tensorwasm run --max-"
            complete -C "tensorwasm completions f"
            """;
        var answers = (await RunShell("/usr/bin/fish", Script)).Split('\n');
        Assert.Subset(answers.ToHashSet(), new HashSet<string> { "wasm", "wast", "wat", "--max-memory", "--max-stack", "fish" });
    }

    private static async Task<string> RunShell(string shell, string script)
    {
        var start = new ProcessStartInfo(shell, ["-c", script]) { RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        return await process.StandardOutput.ReadToEndAsync();
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(Executable, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
