using System.Text;
using TensorWasm.Runtime;

// Works until it is killed: deploys, submits and records, from several threads, and prints what was acknowledged, a
// line each, once it was. The parent compares.
var folder = args[0];
var connection = args[1].Length == 0 ? null : args[1];
var runtime = await TensorWasmRuntime.OpenAsync(new RuntimeOptions
{
    Folder = folder,
    PostgresConnection = connection,
    Jobs = new JobOptions { Lease = TimeSpan.FromSeconds(2) },
});
var random = new Random();
var output = Console.OpenStandardOutput();
Print("ready");
await Task.WhenAll(Work(Deploy), Work(Submit), Work(Submit), Work(Record), Work(Record));

Task Work(Func<int, Task> step) => Task.Run(async () =>
{
    while (true) await step(random.Next(1_000_000));
});

async Task Deploy(int number)
{
    var deployed = await runtime.Functions.DeployAsync(
        new DeployRequest { Tenant = default, Name = "f", Module = Constant(number) });
    // A quota is no failure of the test.
    if (deployed.Succeeded) Print($"function {deployed.Value.Function.Id} {number} .");
}

async Task Submit(int number)
{
    var functions = (await runtime.Functions.ListAsync(default, "adder", null, 1)).Value;
    var function = functions.Count > 0
        ? functions[0].Id
        : (await runtime.Functions.DeployAsync(new DeployRequest { Tenant = default, Name = "adder", Module = Adder() }))
            .Value.Function.Id;
    var submitted = await runtime.Jobs.SubmitAsync(
        new JobRequest { Tenant = default, Function = function, Arguments = [number, 1] });
    if (submitted.Succeeded) Print($"job {submitted.Value.Job.Id} {number + 1} .");
}

async Task Record(int number)
{
    var entry = new AuditEntry(DateTimeOffset.UtcNow, null, $$"""{"n":{{number}}}""");
    var records = await runtime.Audit.AppendAsync([entry]);
    Print($"audit {records[0].Sequence} {number} .");
}

void Print(string line)
{
    var bytes = Encoding.UTF8.GetBytes(line + "\n");
    lock (output) output.Write(bytes);
}

static ReadOnlyMemory<byte> Constant(int number) =>
    Encoding.UTF8.GetBytes($"""(module (func (export "main") (result i32) (i32.const {number})))""");

static ReadOnlyMemory<byte> Adder() => Encoding.UTF8.GetBytes(
    """(module (func (export "main") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))""");
