using System.Diagnostics;
using System.Text.Json;

namespace TensorWasm.Cli.Tests.Commands;

public sealed class RunTests : CliTest
{
    [Theory]
    [InlineData("add", "2,3", "5")]
    [InlineData("add", "-1,0x10", "15")]
    [InlineData("add", "1_000,1e3", "2000")]
    [InlineData("add", "4294967295,0", "-1")]
    [InlineData("add", "1_000,1", "1001")]
    [InlineData("both", "", "1|-2")]
    [InlineData("i64", "-9223372036854775808", "-9223372036854775808")]
    [InlineData("f32", "0.1", "0.1")]
    [InlineData("f32", "16777217", "16777216")]
    [InlineData("f64", "1e20", "100000000000000000000")]
    [InlineData("f64", "-2.5e-7", "-0.00000025")]
    [InlineData("f64", "1234567890123456.7", "1234567890123456.8")]
    [InlineData("f64", "0x1p-3", "0.125")]
    [InlineData("f64", "-0", "-0")]
    [InlineData("f64", "-inf", "-inf")]
    [InlineData("f64", "nan", "NaN")]
    [InlineData("v128", "340282366920938463463374607431768211455", "340282366920938463463374607431768211455")]
    [InlineData("v128", "i32x4:1;1;0;0", "4294967297")]
    [InlineData("funcref", "null", "<null funcref>")]
    public void Invoke_prints_each_result_on_a_line(string function, string arguments, string expected)
    {
        var values = arguments.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(value => value.Replace(';', ','));
        var result = Run(["run", "--invoke", function, Write("math.wat", Math), .. values]);
        Assert.Equal(new CliResult(0, expected.Replace('|', '\n') + "\n", ""), result);
    }

    [Theory]
    [InlineData("add", "1", "\"add\" takes 2 arguments (i32 i32), but 1 was given")]
    [InlineData("both", "1", "\"both\" takes no arguments ()")]
    [InlineData("add", "1,x", "argument 2 of \"add\", 'x', is no value of type i32")]
    [InlineData("add", "1,4294967296", "is no value of type i32")]
    [InlineData("add", "1,)(", "is no value of type i32")]
    [InlineData("f32", "1 (;", "is no value of type f32")]
    [InlineData("f64", "1e999", "is no value of type f64")]
    [InlineData("v128", "i32x4:1", "is no value of type v128; write i32x4:1,2,3,4")]
    [InlineData("funcref", "0", "only 'null' can be written")]
    public void Invoke_with_wrong_arguments_says_what_it_takes(string function, string arguments, string expected)
    {
        var result = Run(["run", "--invoke", function, Write("math.wat", Math), .. arguments.Split(',')]);
        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Invoke_of_what_is_no_function_lists_the_functions()
    {
        var path = Write("math.wat", Math);
        var missing = Run("run", "--invoke", "sum", path);
        Assert.Equal(ExitCodes.Failure, missing.ExitCode);
        Assert.Contains("exports no function \"sum\". It exports \"add\", \"both\"", missing.Error, StringComparison.Ordinal);
        Assert.Contains("but it is a global", Run("run", "--invoke", "answer", path).Error, StringComparison.Ordinal);
        var library = Run("run", path);
        Assert.Equal(ExitCodes.Failure, library.ExitCode);
        Assert.Contains("is no program: it exports no \"_start\"", library.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_behind_the_module_belong_to_the_guest() =>
        Assert.Contains("'--fuel', is no value", Run("run", "--invoke", "add", Write("math.wat", Math), "--fuel", "--help").Error, StringComparison.Ordinal);

    [Fact]
    public void A_module_with_a_start_function_is_a_program() =>
        Assert.Equal(new CliResult(0, "", ""), Run("run", Write("start.wat", "(module (func $main) (start $main))")));

    [Fact]
    public void Reactors_are_initialised_before_they_are_called()
    {
        var path = Write("reactor.wat", """
            (module (global $ready (mut i32) (i32.const 0))
              (func (export "_initialize") (global.set $ready (i32.const 7)))
              (func (export "ready") (result i32) (global.get $ready)))
            """);
        Assert.Equal("7\n", Run("run", "--invoke", "ready", path).Output);
    }

    [Fact]
    public void Modules_come_from_standard_input_in_either_format()
    {
        var text = Write("math.wat", Math);
        Assert.Equal("5\n", RunWith(File.ReadAllBytes(text), default, "run", "--invoke", "add", "-", "2", "3").Output);
        var binary = Path.Combine(Folder, "math.wasm");
        Assert.Equal(0, Run("wasm", text, "-o", binary).ExitCode);
        Assert.Equal("5\n", RunWith(File.ReadAllBytes(binary), default, "run", "--invoke", "add", "-", "2", "3").Output);
    }

    [Fact]
    public void A_trap_answers_134_with_the_guests_backtrace()
    {
        var path = Write("math.wat", Math);
        var result = Run("run", "--invoke", "trap", path);
        Assert.Equal(new CliResult(134, "", $"Error: {path} trapped: unreachable\n  at math!inner\n  at math!trap\n"), result);
    }

    [Fact]
    public void A_runaway_recursion_shows_the_innermost_frames()
    {
        var result = Run("run", "--max-stack", "128K", "--invoke", "deep", Write("math.wat", Math));
        Assert.Equal(134, result.ExitCode);
        Assert.Contains("trapped: call stack exhausted\n  at math!deep\n", result.Error, StringComparison.Ordinal);
        Assert.EndsWith(" more\n", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--timeout")]
    [InlineData("--deadline")]
    public void A_timeout_stops_the_guest(string option)
    {
        var start = Stopwatch.GetTimestamp();
        var result = Run("run", option, "100ms", "--invoke", "forever", Write("math.wat", Math));
        Assert.Equal(134, result.ExitCode);
        Assert.Contains("was stopped: it ran longer than 100 ms (--timeout)", result.Error, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.09, 30);
    }

    [Fact]
    public void Fuel_stops_the_guest()
    {
        var path = Write("math.wat", Math);
        var result = Run("run", "--fuel", "1000", "--invoke", "forever", path);
        Assert.Equal(134, result.ExitCode);
        Assert.Contains("was stopped: it used up 1000 units of fuel (--fuel)", result.Error, StringComparison.Ordinal);
        Assert.Equal("5\n", Run("run", "--fuel", "1000", "--invoke", "add", path, "2", "3").Output);
    }

    [Fact]
    public void Cancellation_stops_the_guest()
    {
        var path = Write("math.wat", Math);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Assert.Equal(ExitCodes.Interrupted, RunWith([], cancellation.Token, "run", "--invoke", "forever", path).ExitCode);
        Assert.Equal(ExitCodes.Interrupted, RunWith([], cancellation.Token, "run", "--invoke", "add", path, "1", "2").ExitCode);
    }

    [Fact]
    public void Memory_is_limited()
    {
        var path = Write("math.wat", Math);
        Assert.Equal("1\n", Run("run", "--invoke", "grow", path, "2").Output);
        Assert.Equal("-1\n", Run("run", "--max-memory", "128K", "--invoke", "grow", path, "2").Output);
        Assert.Equal("1\n", Run("run", "--max-memory", "128K", "--invoke", "grow", path, "1").Output);
        var result = Run("run", "--max-memory", "1K", "--invoke", "grow", path, "1");
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.Contains("needs more than it may have", result.Error, StringComparison.Ordinal);
        Assert.Contains("--max-memory", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explicit")]
    [InlineData("auto")]
    public void Bounds_checks_can_be_chosen(string mode) =>
        Assert.Equal("5\n", Run("run", "--bounds-checks", mode, "--invoke", "add", Write("math.wat", Math), "2", "3").Output);

    [Fact]
    public void A_missing_import_is_named()
    {
        var path = Write("import.wat", "(module (import \"env\" \"print\" (func (param i32))) (func (export \"_start\")))");
        var result = Run("run", path);
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.Equal(
            $"Error: {path} imports \"env\" \"print\", which nothing here provides. "
            + $"'tensorwasm inspect {path}' lists all that it asks for.\n",
            result.Error);
    }

    [Theory]
    [InlineData("--fuel: 'much' is not a count of 0 or more.", "--fuel", "much")]
    [InlineData("--fuel: '-1' is not a count of 0 or more.", "--fuel", "-1")]
    [InlineData("--timeout: 'soon' is not a time such as 500ms, 5s or 2m.", "--timeout", "soon")]
    [InlineData("--timeout: 'Infinity' is not a time", "--timeout", "Infinity")]
    [InlineData("--max-memory: '1X' is not a size such as 65536, 64M or 1G.", "--max-memory", "1X")]
    [InlineData("--max-memory: '99999999999T' is not a size", "--max-memory", "99999999999T")]
    [InlineData("--max-stack: '1' is not a size from 64K to 1G.", "--max-stack", "1")]
    [InlineData("--bounds-checks: 'none' is not one of auto, guard and explicit.", "--bounds-checks", "none")]
    [InlineData("--stats: 'xml' is not text or json.", "--stats", "xml")]
    [InlineData("--dir: '::/x' is not a folder, or host::guest with both names.", "--dir", "::/x")]
    [InlineData("--env: '=1' is not a name, or name=value.", "--env", "=1")]
    [InlineData("there is no option --fule", "--fule", "5")]
    public void Wrong_option_values_are_refused(string expected, params string[] options)
    {
        var result = Run(["run", .. options, Write("math.wat", Math)]);
        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.StartsWith("Error: " + expected, result.Error, StringComparison.Ordinal);
        Assert.EndsWith("'tensorwasm run --help' shows what it takes.\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_are_json_for_programs_and_text_for_people()
    {
        var path = Write("math.wat", Math);
        var file = Path.Combine(Folder, "stats.json");
        Assert.Equal("5\n", Run("run", "--fuel", "500", "--stats-file", file, "--invoke", "add", path, "2", "3").Output);
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        var root = json.RootElement;
        Assert.Equal(path, root.GetProperty("module").GetString());
        Assert.Equal(0, root.GetProperty("exitCode").GetInt32());
        Assert.Equal(new FileInfo(path).Length, root.GetProperty("bytes").GetProperty("module").GetInt64());
        Assert.Equal(65536, root.GetProperty("bytes").GetProperty("guestMemory").GetInt64());
        Assert.Equal(12, root.GetProperty("functions").GetProperty("defined").GetInt32());
        Assert.InRange(root.GetProperty("fuelUsed").GetInt64(), 1, 499);
        foreach (var phase in (string[])["read", "validate", "compile", "instantiate", "run", "total"])
        {
            Assert.True(root.GetProperty("milliseconds").GetProperty(phase).GetDouble() >= 0);
        }

        var text = Run("run", "--stats", "text", "--invoke", "trap", path);
        Assert.Equal(134, text.ExitCode);
        Assert.Contains($"{path}: exit code 134\n", text.Error, StringComparison.Ordinal);
        Assert.Contains("  functions             12, 0 over JIT limits\n", text.Error, StringComparison.Ordinal);
    }
}
