using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using TensorWasm.Engine;

namespace TensorWasm.Runtime.Tests;

/// <summary>Calling guests: arguments, results, what they may do, and how they are stopped.</summary>
public sealed class InvocationTests : IAsyncLifetime
{
    private TestState _state = null!;
    private TensorWasmRuntime _runtime = null!;

    public async ValueTask InitializeAsync()
    {
        _state = await TestState.CreateAsync(DatabaseKind.Sqlite, null);
        _runtime = await _state.OpenAsync();
    }

    public ValueTask DisposeAsync() => _state.DisposeAsync();

    /// <summary>The identity of each type, so that what comes back is what the notation meant.</summary>
    [Theory]
    [InlineData("i32", "-1", "-1")]
    [InlineData("i32", "4294967295", "-1")]
    [InlineData("i32", "0xffffffff", "-1")]
    [InlineData("i32", "-0x80000000", "-2147483648")]
    [InlineData("i32", "1e3", "1000")]
    [InlineData("i32", "42.0", "42")]
    [InlineData("i32", "4294967296", null)]
    [InlineData("i32", "-2147483649", null)]
    [InlineData("i32", "1.5", null)]
    [InlineData("i32", "", null)]
    [InlineData("i32", "x", null)]
    [InlineData("i32", " 1", null)]
    [InlineData("i64", "9223372036854775807", "9223372036854775807")]
    [InlineData("i64", "18446744073709551615", "-1")]
    [InlineData("i64", "-9223372036854775808", "-9223372036854775808")]
    [InlineData("i64", "18446744073709551616", null)]
    [InlineData("i64", "-9223372036854775809", null)]
    [InlineData("f32", "0.1", "0.1")]
    [InlineData("f32", "16777217", "16777216")]
    [InlineData("f32", "-0.0", "-0")]
    [InlineData("f32", "inf", "inf")]
    [InlineData("f32", "1e39", null)]
    [InlineData("f64", "3", "3")]
    [InlineData("f64", "0x1.8p1", "3")]
    [InlineData("f64", "-nan", "nan")]
    [InlineData("f64", "5e-324", "5E-324")]
    [InlineData("f64", "1e999", null)]
    [InlineData("f64", "1) (i32.const 2", null)]
    [InlineData("v128", "i32x4:1,2,3,-1", "i32x4:0x00000001,0x00000002,0x00000003,0xffffffff")]
    [InlineData("v128", "f64x2:1,-2", "i32x4:0x00000000,0x3ff00000,0x00000000,0xc0000000")]
    [InlineData("v128", "0x1", "i32x4:0x00000001,0x00000000,0x00000000,0x00000000")]
    [InlineData("v128", "i32x4:1,2,3", null)]
    [InlineData("v128", "i32x4:1,2,3,4)(", null)]
    public async Task Arguments_become_what_the_signature_says(string type, string text, string? result)
    {
        var function = await _runtime.DeployAsync(Guests.Text(
            $"""(module (func (export "main") (param {type}) (result {type}) (local.get 0)))"""));
        var answer = await _runtime.CallAsync(function, [text]);
        if (result is null)
        {
            Assert.Equal(RuntimeErrorKind.InvalidArguments, answer.Error?.Kind);
            return;
        }
        Assert.True(answer.Succeeded, $"{answer.Error}");
        Assert.Equal(result, answer.Results[0].ToString());
        // What is printed is read as the same value.
        var again = await _runtime.CallAsync(function, [answer.Results[0].ToString()]);
        Assert.Equal(answer.Results[0].ToString(), again.Results[0].ToString());
    }

    [Fact]
    public async Task Several_results_and_the_default_exports()
    {
        var several = await _runtime.DeployAsync(Guests.Text("""
            (module (func (export "main") (result i32 i64 f32) (i32.const 1) (i64.const 2) (f32.const 3.5))
              (func (export "other") (param externref) (result i32) (ref.is_null (local.get 0))))
            """));
        Assert.Equal(["1", "2", "3.5"], (await _runtime.CallAsync(several)).Results.Select(static v => v.ToString()));
        Assert.Equal(1, (await _runtime.CallAsync(several, ["null"], export: "other")).Results[0].Int32);
        Assert.Equal(RuntimeErrorKind.ExportNotFound, (await _runtime.CallAsync(several, export: "none")).Error?.Kind);
        Assert.Equal(RuntimeErrorKind.InvalidArguments, (await _runtime.CallAsync(several, [1])).Error?.Kind);

        // _start comes before main; a reactor is initialised first.
        var start = await _runtime.DeployAsync(Guests.Text("""
            (module (global $n (mut i32) (i32.const 0))
              (func (export "_initialize") (global.set $n (i32.const 20)))
              (func (export "main") (result i32) (i32.const 1))
              (func (export "_start") (if (i32.ne (global.get $n) (i32.const 20)) (then unreachable)))
              (func (export "get") (result i32) (global.get $n)))
            """));
        Assert.Empty((await _runtime.CallAsync(start)).Results);
        Assert.Equal(20, (await _runtime.CallAsync(start, export: "get")).Results[0].Int32);
        var neither = await _runtime.DeployAsync(Guests.Text("(module)"));
        Assert.Equal(RuntimeErrorKind.ExportNotFound, (await _runtime.CallAsync(neither)).Error?.Kind);
    }

    [Fact]
    public async Task What_a_guest_does_wrong_is_told()
    {
        var trap = await CallAsync("""(module (func $deep (export "main") (unreachable)))""");
        Assert.Equal((RuntimeErrorKind.GuestTrapped, TrapCode.Unreachable), (trap.Error?.Kind, trap.Trap));
        Assert.Contains("deep", Assert.Single(trap.Backtrace));
        Assert.Equal(
            TrapCode.StackOverflow, (await CallAsync("""(module (func $f (export "main") (call $f)))""")).Trap);
        Assert.Equal(
            TrapCode.MemoryOutOfBounds,
            (await CallAsync("""(module (memory 1) (func (export "main") (i32.store (i32.const 65536) (i32.const 1))))""")).Trap);
        Assert.Equal(
            RuntimeErrorKind.LinkFailed,
            (await CallAsync("""(module (import "a" "b" (func)) (func (export "main")))""")).Error?.Kind);
        var exit = await CallAsync("""
            (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const 3))))
            """);
        Assert.Equal((RuntimeErrorKind.GuestExited, 3), (exit.Error?.Kind, exit.ExitCode));
        var fine = await CallAsync("""
            (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const 0))))
            """);
        Assert.Equal((null, 0), (fine.Error, fine.ExitCode));
        Assert.Equal(
            RuntimeErrorKind.GuestTrapped,
            (await CallAsync("""(module (func $s unreachable) (start $s) (func (export "main")))""")).Error?.Kind);
    }

    [Fact]
    public async Task Limits_hold_for_all_memories_together()
    {
        var settings = FunctionSettings.Default with
        {
            Limits = new FunctionLimits { MemoryBytes = 4 << 16, TableElements = 100 },
        };
        const string Grow = """(func (export "main") (result i32) (memory.grow (i32.const {0})))""";
        Assert.Equal(1, (await CallAsync($"(module (memory 1) {Grow.Replace("{0}", "3")})", settings)).Results[0].Int32);
        Assert.Equal(-1, (await CallAsync($"(module (memory 1) {Grow.Replace("{0}", "4")})", settings)).Results[0].Int32);
        Assert.Equal(1, (await CallAsync($"(module (memory 1) (memory 1) {Grow.Replace("{0}", "1")})", settings)).Results[0].Int32);
        Assert.Equal(-1, (await CallAsync($"(module (memory 1) (memory 1) {Grow.Replace("{0}", "2")})", settings)).Results[0].Int32);
        Assert.Equal(
            RuntimeErrorKind.LimitExceeded, (await CallAsync("""(module (memory 5) (func (export "main")))""", settings)).Error?.Kind);
        Assert.Equal(
            RuntimeErrorKind.LimitExceeded,
            (await CallAsync("""(module (table 101 funcref) (func (export "main")))""", settings)).Error?.Kind);

        // Growing by little, very often, all at the limit: what is used is what is reported.
        var used = await CallAsync(
            """(module (memory (export "m") 1) (func (export "main") (loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))))""",
            settings);
        Assert.Equal(4 << 16, used.Usage.MemoryBytes);
    }

    [Fact]
    public async Task Every_invocation_has_memory_of_its_own()
    {
        var function = await _runtime.DeployAsync(Guests.Text("""
            (module (memory 1) (global $g (mut i32) (i32.const 5))
              (func (export "main") (result i32)
                (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
                (global.set $g (i32.add (global.get $g) (i32.const 1)))
                (i32.add (i32.load (i32.const 8)) (global.get $g))))
            """));
        for (var i = 0; i < 20; i++) Assert.Equal(7, (await _runtime.CallAsync(function)).Results[0].Int32);
    }

    [Fact]
    public async Task A_guest_sees_its_arguments_and_environment_alone()
    {
        var settings = FunctionSettings.Default with
        {
            Arguments = ["-v"],
            Environment = ImmutableSortedDictionary<string, string>.Empty.Add("KEY", "välue"),
        };
        var output = new MemoryStream();
        var function = await _runtime.DeployAsync(Guests.Text("""
            (module
              (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "environ_get" (func $env (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "_start")
                (drop (call $args_sizes (i32.const 0) (i32.const 4)))
                (drop (call $args (i32.const 16) (i32.const 1024)))
                (drop (call $env_sizes (i32.const 8) (i32.const 12)))
                (drop (call $env (i32.const 256) (i32.add (i32.const 1024) (i32.load (i32.const 4)))))
                (i32.store (i32.const 512) (i32.const 1024))
                (i32.store (i32.const 516) (i32.add (i32.load (i32.const 4)) (i32.load (i32.const 12))))
                (drop (call $write (i32.const 1) (i32.const 512) (i32.const 1) (i32.const 520)))))
            """), settings: settings, name: "prog");
        var result = await _runtime.InvokeAsync(new InvocationRequest
        {
            Tenant = default,
            Function = function,
            StandardOutput = output,
        });
        Assert.True(result.Succeeded, $"{result.Error}");
        Assert.Equal("prog\0-v\0KEY=välue\0", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public async Task Guests_stop_at_their_deadline_or_when_nobody_waits()
    {
        var function = await _runtime.DeployAsync(Guests.Loop);
        var start = Stopwatch.GetTimestamp();
        var late = await _runtime.InvokeAsync(new InvocationRequest
        {
            Tenant = default,
            Function = function,
            Deadline = TimeSpan.FromMilliseconds(500),
        });
        var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Assert.Equal(RuntimeErrorKind.DeadlineExceeded, late.Error?.Kind);
        // What comes before the guest runs counts for its deadline, too.
        Assert.InRange(time, 495, 30_000);
        Assert.InRange(late.Usage.RunTime.TotalMilliseconds, 0.001, time);
        // One thread's; the clocks of both are not the same.
        Assert.InRange(late.Usage.CpuTime.TotalMilliseconds, 0.001, late.Usage.RunTime.TotalMilliseconds + 50);

        using var cancellation = new CancellationTokenSource(50);
        Assert.Equal(
            RuntimeErrorKind.Cancelled, (await _runtime.CallAsync(function, cancellation: cancellation.Token)).Error?.Kind);

        // Waiting in the host ends, too: poll_oneoff for a thousand seconds.
        var sleeper = await _runtime.DeployAsync(Guests.Text("""
            (module (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "_start")
                (i32.store (i32.const 16) (i32.const 1))
                (i64.store (i32.const 24) (i64.const 1000000000000))
                (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))
            """));
        var asleep = await _runtime.InvokeAsync(new InvocationRequest
        {
            Tenant = default,
            Function = sleeper,
            Deadline = TimeSpan.FromMilliseconds(50),
        });
        Assert.Equal(RuntimeErrorKind.DeadlineExceeded, asleep.Error?.Kind);
        Assert.InRange(asleep.Usage.CpuTime.TotalMilliseconds, 0, 500);
    }

    [Fact]
    public async Task Output_flows_while_the_guest_runs()
    {
        var function = await _runtime.DeployAsync(Guests.Text("""
            (module (import "wasi:tensor/host@0.1.0" "emit-chunk" (func $emit (param i32 i32) (result i32)))
              (import "wasi:scheduler/host@0.1.0" "yield" (func $yield (result i32)))
              (memory (export "memory") 2) (data (i32.const 0) "first")
              (func (export "main") (drop (call $emit (i32.const 0) (i32.const 5))) (loop (drop (call $yield)) (br 0)))
              (func (export "flood") (result i32) (local $code i32)
                (loop (local.set $code (call $emit (i32.const 0) (i32.const 65536))) (br_if 0 (i32.eqz (local.get $code))))
                (local.get $code))
              (func (export "odd") (param i32 i32) (result i32) (call $emit (local.get 0) (local.get 1))))
            """));
        using var output = new OutputStream();
        using var cancellation = new CancellationTokenSource();
        var running = Invoke(output, null, cancellation.Token);
        Assert.Equal("first", Encoding.UTF8.GetString((await output.ReadAsync())!.Value.Span));
        Assert.False(running.IsCompleted);
        cancellation.Cancel();
        Assert.Null(await output.ReadAsync());
        Assert.Equal(RuntimeErrorKind.Cancelled, (await running).Error?.Kind);

        // A client that is gone is told to the guest, which ends by itself.
        var gone = new OutputStream();
        running = Invoke(gone, "flood", default);
        Assert.Equal(65536, (await gone.ReadAsync())!.Value.Length);
        gone.Dispose();
        Assert.Equal(-3, (await running).Results[0].Int32);

        // A client that does not read holds the guest up, and the host holds no more than it may.
        using var slow = new OutputStream();
        running = Invoke(slow, "flood", default, TimeSpan.FromSeconds(1));
        Assert.Equal(RuntimeErrorKind.DeadlineExceeded, (await running).Error?.Kind);
        Assert.Equal(OutputStream.MaxBufferedBytes, slow.TotalBytes);

        using var much = new OutputStream();
        running = Invoke(much, "flood", default);
        Assert.Equal(OutputStream.MaxTotalBytes, (await much.ReadAllAsync()).Length);
        Assert.Equal(-2, (await running).Results[0].Int32);

        using var little = new OutputStream();
        await _runtime.Functions.UpdateAsync(new UpdateRequest
        {
            Tenant = default,
            Function = function,
            Settings = FunctionSettings.Default with { Limits = new FunctionLimits { OutputBytes = 200_000 } },
        });
        running = Invoke(little, "flood", default);
        Assert.Equal(3 * 65536, (await little.ReadAllAsync()).Length);
        Assert.Equal(-3, (await running).Results[0].Int32);

        using var odd = new OutputStream();
        Assert.Equal(-2, (await Invoke(odd, "odd", default, null, [0, 65537])).Results[0].Int32);
        Assert.Equal(-1, (await _runtime.CallAsync(function, [0, 5], export: "odd")).Results[0].Int32);

        Task<InvocationResult> Invoke(
            OutputStream stream, string? export, CancellationToken token, TimeSpan? deadline = null,
            ImmutableArray<GuestArgument>? arguments = null) =>
            _runtime.InvokeAsync(
                new InvocationRequest
                {
                    Tenant = default,
                    Function = function,
                    Export = export,
                    Output = stream,
                    Deadline = deadline,
                    Arguments = arguments ?? [],
                },
                token).AsTask();
    }

    [Fact]
    public async Task What_is_not_granted_answers_so()
    {
        const string Wat = """
            (module
              (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
              (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
              (import "wasi:cuda/host@0.1.0" "wasi_cuda_sync" (func $sync (result i32)))
              (import "wasi:tensor/host" "flush" (func $flush (result i32)))
              (memory (export "memory") 1)
              (func (export "main") (result i32 i32 i32 i32)
                (call $clock (i32.const 0) (i64.const 0) (i32.const 0)) (call $random (i32.const 0) (i32.const 8))
                (call $sync) (call $flush)))
            """;
        const int NotCapable = 76;
        var bare = await CallAsync(Wat, FunctionSettings.Default with { Capabilities = FunctionCapabilities.None });
        Assert.Equal([NotCapable, NotCapable, -1, -1], bare.Results.Select(static v => v.Int32));
        // What is granted works, but for output that nobody listens to.
        var granted = (await CallAsync(Wat)).Results;
        Assert.Equal([0, 0, -1], [granted[0].Int32, granted[1].Int32, granted[3].Int32]);
    }

    [Fact]
    public async Task Answers_of_many_tenants_at_once_do_not_cross()
    {
        const int Tenants = 60;
        var functions = new Guid[Tenants];
        for (var i = 0; i < Tenants; i++) functions[i] = await _runtime.DeployAsync(Guests.Constant(i), new TenantId((ulong)i));
        await Task.WhenAll(Enumerable.Range(0, Tenants * 20).Select(i => Task.Run(async () =>
        {
            var tenant = i % Tenants;
            var result = await _runtime.CallAsync(functions[tenant], tenant: new TenantId((ulong)tenant));
            Assert.True(result.Succeeded, $"{result.Error}");
            Assert.Equal(tenant, result.Results[0].Int32);
        })));
        var usage = _runtime.MeasureTenants().Single(static u => u.Tenant == new TenantId(7));
        Assert.Equal((20, 0, 0), (usage.Total.Requests, usage.RunningInvocations, usage.ReservedMemoryBytes));
        Assert.True(usage.CodeBytes > 0);
        Assert.True(usage.Total.CpuTime > TimeSpan.Zero);
    }

    [Fact]
    public async Task Accounts_are_stored_by_the_hour()
    {
        var function = await _runtime.DeployAsync(Guests.Add, new TenantId(5));
        for (var i = 0; i < 3; i++) await _runtime.CallAsync(function, [1, 2], new TenantId(5));
        var before = DateTimeOffset.UtcNow.AddHours(-2);
        await _runtime.Maintenance.FlushUsageAsync(default);
        await _runtime.CallAsync(function, [1, 2], new TenantId(5));
        await _runtime.DisposeAsync();
        await using var reopened = await _state.OpenAsync();
        var stored = await reopened.Usage.ReadAsync(new TenantId(5), before, before.AddHours(4));
        Assert.Equal(4, stored.Sum(static period => period.Counters.Requests));
    }

    private async Task<InvocationResult> CallAsync(string wat, FunctionSettings? settings = null) =>
        await _runtime.CallAsync(await _runtime.DeployAsync(Guests.Text(wat), settings: settings));
}
