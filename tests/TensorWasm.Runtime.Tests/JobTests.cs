using System.Text;

namespace TensorWasm.Runtime.Tests;

/// <summary>Jobs, on every database.</summary>
public sealed class JobTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly TenantId Mine = new(1);

    /// <summary>Emits its input, and returns its length as a 64-bit number.</summary>
    private static readonly ReadOnlyMemory<byte> Echo = Guests.Text("""
        (module
          (import "wasi:tensor/host" "input-len" (func $len (result i32)))
          (import "wasi:tensor/host" "read-input" (func $read (param i32 i32) (result i32)))
          (import "wasi:tensor/host" "emit-chunk" (func $emit (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "main") (result i64)
            (drop (call $emit (i32.const 0) (call $read (i32.const 0) (call $len))))
            (i64.extend_i32_u (call $len))))
        """);

    public static TheoryData<DatabaseKind> Databases => [DatabaseKind.Sqlite, DatabaseKind.Postgres];

    [Theory, MemberData(nameof(Databases))]
    public async Task A_job_keeps_its_results_and_what_it_emitted(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        var runtime = await state.OpenAsync();
        var function = await runtime.DeployAsync(Echo, Mine);
        var input = Encoding.UTF8.GetBytes("tensor ✓");
        var submitted = await runtime.Jobs.SubmitAsync(
            new JobRequest { Tenant = Mine, Function = function, Input = input });
        Assert.True(submitted.Value.IsNew);

        var job = await runtime.WaitAsync(submitted.Value.Job.Id, Mine);
        Assert.Equal(JobStatus.Completed, job.Status);
        Assert.Equal(input.Length, job.Results!.Value[0].Int64);
        Assert.Equal(input, (await runtime.Jobs.ReadOutputAsync(Mine, job.Id)).Value);
        Assert.Null(job.Input);
        Assert.NotNull(job.StartedAt);
        Assert.Equal(1, job.Attempts);

        // What is wrong with a request is said at once; what goes wrong later, the job tells.
        Assert.Equal(RuntimeErrorKind.InvalidArguments, (await runtime.Jobs.SubmitAsync(
            new JobRequest { Tenant = Mine, Function = function, Arguments = [1] })).Error?.Kind);
        Assert.Equal(RuntimeErrorKind.ExportNotFound, (await runtime.Jobs.SubmitAsync(
            new JobRequest { Tenant = Mine, Function = function, Export = "no" })).Error?.Kind);
        var trap = await runtime.DeployAsync(Guests.Text("""(module (func (export "main") unreachable))"""), Mine);
        var failed = await runtime.WaitAsync((await runtime.Jobs.SubmitAsync(
            new JobRequest { Tenant = Mine, Function = trap })).Value.Job.Id, Mine);
        Assert.Equal((JobStatus.Failed, RuntimeErrorKind.GuestTrapped), (failed.Status, failed.Error?.Kind));
        Assert.Equal([failed.Id, job.Id], (await runtime.Jobs.ListAsync(Mine)).Value.Select(static j => j.Id));
        Assert.Equal([job.Id], (await runtime.Jobs.ListAsync(Mine, new JobFilter(function))).Value.Select(static j => j.Id));
        Assert.Equal(
            [failed.Id], (await runtime.Jobs.ListAsync(Mine, new JobFilter(null, JobStatus.Failed))).Value.Select(static j => j.Id));
        Assert.Equal([job.Id], (await runtime.Jobs.ListAsync(Mine, default, failed.Id)).Value.Select(static j => j.Id));
        Assert.Equal(RuntimeErrorKind.JobNotFound, (await runtime.Jobs.FindAsync(new TenantId(2), job.Id)).Error?.Kind);
        Assert.Equal(RuntimeErrorKind.JobNotFound, (await runtime.Jobs.CancelAsync(new TenantId(2), job.Id)).Error?.Kind);
        Assert.Equal(RuntimeErrorKind.JobNotFound, (await runtime.Jobs.ReadOutputAsync(new TenantId(2), job.Id)).Error?.Kind);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_key_is_good_for_one_job(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        var runtime = await state.OpenAsync();
        var function = await runtime.DeployAsync(Guests.Add, Mine);
        var request = new JobRequest { Tenant = Mine, Function = function, Arguments = [1, 2], IdempotencyKey = "k" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => runtime.Jobs.SubmitAsync(request)));
        Assert.Single(answers.Select(static a => a.Value.Job.Id).Distinct());
        Assert.Single(answers, static a => a.Value.IsNew);
        Assert.Equal(RuntimeErrorKind.Conflict, (await runtime.Jobs.SubmitAsync(request with { Arguments = [1, 3] })).Error?.Kind);

        // Another tenant's keys are its own.
        var other = await runtime.DeployAsync(Guests.Add, new TenantId(2));
        Assert.True((await runtime.Jobs.SubmitAsync(request with { Tenant = new TenantId(2), Function = other })).Value.IsNew);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Jobs_that_wait_or_run_can_be_cancelled(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(
            kind, server, static options => options with { Jobs = options.Jobs with { MaxConcurrent = 1 } });
        var runtime = await state.OpenAsync();
        var loop = await runtime.DeployAsync(Guests.Loop, Mine);
        var first = (await runtime.Jobs.SubmitAsync(new JobRequest { Tenant = Mine, Function = loop })).Value.Job.Id;
        while ((await runtime.Jobs.FindAsync(Mine, first)).Value.Status == JobStatus.Pending) await Task.Delay(5);
        var second = (await runtime.Jobs.SubmitAsync(new JobRequest { Tenant = Mine, Function = loop })).Value.Job.Id;

        Assert.Equal(JobStatus.Cancelled, (await runtime.Jobs.CancelAsync(Mine, second)).Value.Status);
        Assert.True((await runtime.Jobs.CancelAsync(Mine, first)).Value.IsCancellationRequested);
        Assert.Equal(JobStatus.Cancelled, (await runtime.WaitAsync(first, Mine)).Status);
        Assert.Equal(0, (await runtime.Jobs.FindAsync(Mine, second)).Value.Attempts);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Jobs_go_on_after_a_restart(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(
            kind, server, static options => options with { Jobs = options.Jobs with { MaxConcurrent = 1 } });
        List<Guid> waiting = [];
        Guid running;
        await using (var runtime = await state.OpenAsync())
        {
            var add = await runtime.DeployAsync(Guests.Add, Mine);
            var loop = await runtime.DeployAsync(Guests.Loop, Mine);
            running = (await runtime.Jobs.SubmitAsync(
                new JobRequest { Tenant = Mine, Function = loop, Deadline = TimeSpan.FromSeconds(3) })).Value.Job.Id;
            while ((await runtime.Jobs.FindAsync(Mine, running)).Value.Status == JobStatus.Pending) await Task.Delay(5);
            for (var i = 0; i < 5; i++)
            {
                waiting.Add((await runtime.Jobs.SubmitAsync(
                    new JobRequest { Tenant = Mine, Function = add, Arguments = [i, 1] })).Value.Job.Id);
            }
            await runtime.DrainAsync(TimeSpan.Zero);
        }

        await using var reopened = await state.OpenAsync();
        for (var i = 0; i < waiting.Count; i++)
        {
            Assert.Equal(i + 1, (await reopened.WaitAsync(waiting[i], Mine)).Results!.Value[0].Int32);
        }
        var stopped = await reopened.WaitAsync(running, Mine);
        Assert.Equal((RuntimeErrorKind.DeadlineExceeded, 1), (stopped.Error?.Kind, stopped.Attempts));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Workers_share_jobs_and_take_those_of_the_dead(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(
            kind, server, static options => options with { Jobs = options.Jobs with { MaxConcurrent = 0 } });
        var runtime = await state.OpenAsync();
        TenantId[] tenants = [Mine, new(2), new(3)];
        foreach (var tenant in tenants)
        {
            var function = await runtime.DeployAsync(Guests.Add, tenant);
            for (var i = 0; i < (tenant == Mine ? 20 : 2); i++)
            {
                await runtime.Jobs.SubmitAsync(new JobRequest { Tenant = tenant, Function = function, Arguments = [i, i] });
            }
        }
        var store = runtime.JobStore;
        Guid one = Guid.NewGuid(), two = Guid.NewGuid();
        var now = DateTimeOffset.UtcNow;
        // By turns: a tenant with many jobs is not before one with few.
        var first = await store.TakeAsync(one, 6, now, now.AddSeconds(10), static _ => 0);
        Assert.Equal([2, 2, 2], tenants.Select(tenant => first.Count(job => job.Tenant == tenant)));
        // No job is taken twice, however many look at once.
        var taken = await Task.WhenAll(
            store.TakeAsync(one, 6, now, now.AddSeconds(10), static _ => 0),
            store.TakeAsync(two, 6, now, now.AddSeconds(10), static _ => 0));
        Assert.NotEmpty(taken[0]);
        Assert.NotEmpty(taken[1]);
        var all = first.Concat(taken[0]).Concat(taken[1]).Select(static job => job.Id).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());

        // One renews, the other is silent.
        await store.RenewAsync(one, now.AddSeconds(60));
        var later = now.AddSeconds(20);
        var third = await store.TakeAsync(Guid.NewGuid(), 100, later, later.AddSeconds(10), static _ => 0);
        Assert.Empty(third.Select(static job => job.Id).Intersect(taken[0].Select(static job => job.Id)));
        Assert.Equal(taken[1].Count, third.Count(static job => job.Attempts == 2));
        var lost = taken[1][0];
        Assert.False(await store.FinishAsync(two, lost with { Status = JobStatus.Completed }));
        Assert.True(await store.FinishAsync(one, taken[0][0] with { Status = JobStatus.Completed, FinishedAt = later }));
        Assert.Equal(1, await store.PruneAsync(null, 10, later.AddSeconds(1)));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Quotas_bound_jobs_and_old_ones_make_room(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        var runtime = await state.OpenAsync();
        await runtime.Tenants.AddAsync(new TenantRecord
        {
            Id = Mine,
            Quota = TenantQuota.Default with { MaxUnfinishedJobs = 2, MaxStoredJobs = 3 },
        });
        var add = await runtime.DeployAsync(Guests.Add, Mine);
        List<Guid> jobs = [];
        for (var i = 0; i < 5; i++)
        {
            jobs.Add((await runtime.Jobs.SubmitAsync(
                new JobRequest { Tenant = Mine, Function = add, Arguments = [1, i] })).Value.Job.Id);
            await runtime.WaitAsync(jobs[^1], Mine);
        }
        Assert.Equal(jobs[2..].Order(), (await runtime.Jobs.ListAsync(Mine)).Value.Select(static job => job.Id).Order());

        // A suspended tenant's jobs wait. They are in nobody's way.
        var loop = await runtime.DeployAsync(Guests.Loop, Mine);
        var request = new JobRequest { Tenant = Mine, Function = loop, Deadline = TimeSpan.FromSeconds(30) };
        var running = (await runtime.Jobs.SubmitAsync(request)).Value.Job.Id;
        Assert.True((await runtime.Jobs.SubmitAsync(request)).Succeeded);
        Assert.Equal(RuntimeErrorKind.QuotaExceeded, (await runtime.Jobs.SubmitAsync(request)).Error?.Kind);
        Assert.True((await runtime.Jobs.CancelAsync(Mine, running)).Succeeded);
    }

    [Fact]
    public async Task A_job_that_ends_the_process_each_time_is_given_up()
    {
        await using var state = await TestState.CreateAsync(
            DatabaseKind.Sqlite, null, static options => options with { Jobs = options.Jobs with { MaxConcurrent = 0, MaxAttempts = 2 } });
        Guid job;
        await using (var runtime = await state.OpenAsync())
        {
            var add = await runtime.DeployAsync(Guests.Add, Mine);
            job = (await runtime.Jobs.SubmitAsync(
                new JobRequest { Tenant = Mine, Function = add, Arguments = [1, 2] })).Value.Job.Id;
        }
        for (var i = 0; i < 2; i++)
        {
            // Taken, and then nothing more is heard of it.
            await using var runtime = await state.OpenAsync();
            var now = DateTimeOffset.UtcNow;
            Assert.Single(await runtime.JobStore.TakeAsync(Guid.NewGuid(), 1, now, now.AddDays(1), static _ => 0));
        }
        state.Options = state.Options with { Jobs = state.Options.Jobs with { MaxConcurrent = 1 } };
        await using var last = await state.OpenAsync();
        Assert.Equal(RuntimeErrorKind.JobInterrupted, (await last.WaitAsync(job, Mine)).Error?.Kind);
    }
}
