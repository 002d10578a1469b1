namespace TensorWasm.Cli.Tests.Commands;

/// <summary>What a WASI program gets from the command line, told by programs in the text format.</summary>
public sealed class WasiRunTests : CliTest
{
    // Each writes what a call stored at 1024 to standard output, and exits with a code of its own.
    private const string Prelude = """
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_open"
          (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func $print (param $length i32)
          (i32.store (i32.const 0) (i32.const 1024))
          (i32.store (i32.const 4) (local.get $length))
          (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
        (func $fill (param $descriptor i32) (result i32)
          (i32.store (i32.const 0) (i32.const 1024))
          (i32.store (i32.const 4) (i32.const 4096))
          (drop (call $read (local.get $descriptor) (i32.const 0) (i32.const 1) (i32.const 8)))
          (i32.load (i32.const 8)))
        """;

    [Fact]
    public void Arguments_come_with_the_file_name_first_and_options_among_them()
    {
        var path = Program("args", """
            (drop (call $args_sizes (i32.const 16) (i32.const 20)))
            (drop (call $args (i32.const 64) (i32.const 1024)))
            (call $print (i32.load (i32.const 20)))
            """);
        Assert.Equal("args.wat\0--fuel\0@x\0-1\0", Run("run", path, "--fuel", "@x", "-1").Output);
        Assert.Equal("me\0", Run("run", "--argv0", "me", path).Output);
    }

    [Fact]
    public void Variables_are_those_that_were_granted()
    {
        var path = Program("env", """
            (drop (call $environ_sizes (i32.const 16) (i32.const 20)))
            (drop (call $environ (i32.const 64) (i32.const 1024)))
            (call $print (i32.load (i32.const 20)))
            """);
        Assert.Equal("", Run("run", path).Output);
        var expected = $"A=1=2\0PATH={Environment.GetEnvironmentVariable("PATH")}\0";
        Assert.Equal(expected, Run("run", "--env", "A=1=2", "--env", "PATH", "--env", "TENSORWASM_UNSET", path).Output);
    }

    [Fact]
    public void Standard_input_reaches_the_guest() => Assert.Equal(
        "from outside",
        RunWith("from outside"u8, default, "run", Program("cat", "(call $print (call $fill (i32.const 0)))")).Output);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(255)]
    public void The_exit_code_is_the_guests(int code) =>
        Assert.Equal(new CliResult(code, "", ""), Run("run", Program("exit", $"(call $exit (i32.const {code}))")));

    [Theory]
    [InlineData("--dir")]
    [InlineData("--dir-ro")]
    public void Folders_are_those_that_were_granted(string option)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "folders can be granted on Linux only");
        Write("data.txt", "content");
        // Descriptor 3 is the first granted folder; the name lies at 512; right 2 is fd_read.
        var path = Program("read", """
            (if (i32.eqz (call $open (i32.const 3) (i32.const 0) (i32.const 512) (i32.const 8) (i32.const 0)
                  (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16)))
              (then (call $print (call $fill (i32.load (i32.const 16)))))
              (else (call $exit (i32.const 9))))
            """);
        Assert.Equal(new CliResult(0, "content", ""), Run("run", option, $"{Folder}::/data", path));
        Assert.Equal(new CliResult(9, "", ""), Run("run", path));

        var missing = Run("run", option, Path.Combine(Folder, "none"), path);
        Assert.Equal(ExitCodes.Failure, missing.ExitCode);
        Assert.Contains("none", missing.Error, StringComparison.Ordinal);
        Assert.Contains("does not exist", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_only_folder_is_not_written()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "folders can be granted on Linux only");
        // Open flag 1 creates the file; right 64 is fd_write.
        var path = Program("create", """
            (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 512) (i32.const 8) (i32.const 1)
              (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 16)))
            """);
        // 76 is errno notcapable.
        Assert.Equal(76, Run("run", "--dir-ro", Folder, path).ExitCode);
        Assert.False(File.Exists(Path.Combine(Folder, "data.txt")));
        Assert.Equal(0, Run("run", "--dir", Folder, path).ExitCode);
        Assert.True(File.Exists(Path.Combine(Folder, "data.txt")));
    }

    private string Program(string name, string body) => Write(
        name + ".wat", $"(module {Prelude} (data (i32.const 512) \"data.txt\") (func (export \"_start\") {body}))");
}
