using System.Text.Json.Nodes;
using TensorWasm.Bench;
using TensorWasm.Bench.Boundary;
using TensorWasm.Bench.Kernels;
using TensorWasm.Bench.Programs;
using TensorWasm.Bench.Reporting;

if (args is ["serve", var mode])
    return KernelServer.Serve(mode);
if (args is [] or ["--help"] or ["-h"])
{
    Console.WriteLine("""
        Usage: TensorWasm.Bench SUITE... [--repetitions N] [--only NAME,NAME] [--results FOLDER] [--label NAME]
                               [--cpu-time]

          kernels      CPU kernels: newest V8, V8 --no-liftoff, guard pages, explicit checks
          boundary     calls in both directions, traps, instantiation, 10,000 instances, deadlines
          programs     CPython: process start, and scripts that run for seconds, against Node's WASI

        --cpu-time compares the CPU time of the kernels' threads, for a machine that others use, too.
        Each suite writes FOLDER/LABEL-SUITE.json and .md. Run it through bench/run-kernels.sh, bench/run-boundary.sh or
        bench/run-programs.sh, which install what is missing and build in Release.
        """);
    return 0;
}

var settings = Settings.Parse(args);
var machine = Machine.Describe(settings.Root, settings.Command);
machine["node"] = Machine.Output(Settings.Node, "-p", "process.versions.node");
machine["v8"] = Machine.Output(Settings.Node, "-p", "process.versions.v8");
var failed = false;
foreach (var suite in settings.Suites)
{
    var report = suite switch
    {
        "kernels" => KernelSuite.Run(settings),
        "boundary" => BoundarySuite.Run(settings),
        "programs" => ProgramSuite.Run(settings),
        _ => throw new ArgumentException($"no suite '{suite}': kernels, boundary or programs"),
    };
    report.Save(Path.Combine(settings.Results, $"{settings.Label}-{suite}"), (JsonObject)machine.DeepClone());
    failed |= report.Problems.Count > 0;
}

return failed ? 1 : 0;
