using System.Diagnostics;
using System.Text.Json.Nodes;

namespace TensorWasm.Bench.Kernels;

/// <summary>
/// An engine in a process of its own, which speaks one JSON line for another: so each starts alike, and none can profit
/// or suffer from another's heap.
/// </summary>
internal sealed class KernelPeer : IDisposable
{
    private readonly Process _process;

    public KernelPeer(string name, string program, params string[] arguments)
    {
        Name = name;
        _process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    public string Name { get; }

    public void Load(string path) => Ask(new JsonObject { ["load"] = path });

    /// <summary>One timed call.</summary>
    public (double Wall, double Cpu, string Bits) Run(int n)
    {
        var answer = Ask(new JsonObject { ["run"] = n });
        return ((double)answer["ms"]!, (double)answer["cpuMs"]!, (string)answer["bits"]!);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
            _process.Kill();
        _process.Dispose();
    }

    private JsonNode Ask(JsonObject request)
    {
        _process.StandardInput.WriteLine(request.ToJsonString());
        _process.StandardInput.Flush();
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{Name} ended");
        var answer = JsonNode.Parse(line)!;
        return answer["error"] is { } error ? throw new InvalidOperationException($"{Name}: {error}") : answer;
    }
}
