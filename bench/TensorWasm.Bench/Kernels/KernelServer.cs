using System.Diagnostics;
using System.Text.Json.Nodes;
using TensorWasm.Engine;

namespace TensorWasm.Bench.Kernels;

/// <summary>Our side of the kernel protocol; bench/v8/kernel-server.mjs is V8's.</summary>
internal static class KernelServer
{
    public static int Serve(string mode)
    {
        var checks = mode switch
        {
            "guard-pages" => BoundsChecks.GuardPages,
            "explicit" => BoundsChecks.Explicit,
            _ => throw new ArgumentException($"no mode '{mode}': guard-pages or explicit"),
        };
        var engine = new WasmEngine(new EngineOptions { BoundsChecks = checks });
        Store? store = null;
        Func<int, double>? run = null;
        while (Console.ReadLine() is { } line)
        {
            var request = JsonNode.Parse(line)!;
            JsonObject answer;
            try
            {
                if (request["load"] is { } path)
                {
                    store?.Dispose();
                    store = new Store(engine);
                    var instance = new Linker(engine).Instantiate(store, engine.CompileFile((string)path!));
                    run = instance.GetFunction("run")!.CreateDelegate<Func<int, double>>();
                    answer = new JsonObject { ["ok"] = true };
                }
                else
                {
                    var n = (int)request["run"]!;
                    var cpu = ThreadMilliseconds();
                    var start = Stopwatch.GetTimestamp();
                    var result = run!(n);
                    var elapsed = Stopwatch.GetElapsedTime(start);
                    cpu = ThreadMilliseconds() - cpu;
                    answer = new JsonObject
                    {
                        ["ms"] = elapsed.TotalMilliseconds,
                        ["cpuMs"] = cpu,
                        ["bits"] = BitConverter.DoubleToUInt64Bits(result).ToString("x", null),
                    };
                }
            }
            catch (Exception e)
            {
                answer = new JsonObject { ["error"] = e.GetType().Name + ": " + e.Message };
            }

            Console.WriteLine(answer.ToJsonString());
        }

        store?.Dispose();
        return 0;
    }

    /// <summary>How long this thread has run, by the kernel's account, brought up to date at each of its ticks.</summary>
    private static double ThreadMilliseconds() =>
        long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], null) / 1e6;
}
