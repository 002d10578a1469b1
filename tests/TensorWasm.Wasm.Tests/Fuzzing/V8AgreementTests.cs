using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace TensorWasm.Wasm.Tests.Fuzzing;

/// <summary>
/// Compares verdicts on mutated modules with those of V8. <c>TENSORWASM_NODE</c> names the Node to use, else it is the one
/// on the path; older ones than 25 lack parts of WebAssembly 3.0.
/// </summary>
public sealed class V8AgreementTests
{
    private const int OldestNode = 25;
    private const int Count = 20_000;
    private const ulong MaxPages = 65_536;
    private const ulong MaxElements = 10_000_000;

    private static readonly string[] LaterOpcodes = ["06", "07", "09", "18", "19", "fe"];

    private static readonly string[] LaxMismatches =
    [
        "(ref bottom)", "requires reference type but label", "requires [eqref]",
        "requires [(ref null 0)] but stack has [funcref]",
    ];

    private const string Script = """
        const bytes = require('fs').readFileSync(process.argv[1]);
        let verdicts = '';
        for (let at = 0; at < bytes.length;) {
          const size = bytes.readUInt32LE(at);
          verdicts += WebAssembly.validate(bytes.subarray(at + 4, at + 4 + size)) ? '1' : '0';
          at += 4 + size;
        }
        process.stdout.write(verdicts);
        """;

    [Fact]
    public void V8_has_the_same_verdict_on_mutated_modules()
    {
        var node = FindNode();
        var seconds = Environment.GetEnvironmentVariable("TENSORWASM_FUZZ_SECONDS");
        var limit = seconds is null ? TimeSpan.Zero : TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture));
        var seed = seconds is null ? 1 : Random.Shared.Next();
        var start = Stopwatch.GetTimestamp();
        var mutator = new ModuleMutator(seed);
        var disagreements = new List<string>();
        var total = 0;
        do
        {
            var modules = Enumerable.Range(0, Count).Select(_ => mutator.Next()).ToArray();
            disagreements.AddRange(Compare(node, modules));
            total += modules.Length;
        }
        while (Stopwatch.GetElapsedTime(start) < limit && disagreements.Count < 20);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {total} modules");
        Assert.True(
            disagreements.Count == 0,
            $"seed {seed}: {disagreements.Count} disagreements\n{string.Join('\n', disagreements.Take(20))}");
    }

    [Fact]
    public void V8_has_the_same_verdict_on_the_modules_of_the_specification()
    {
        var disagreements = Compare(FindNode(), ModuleMutator.Corpus);
        Assert.True(disagreements.Count == 0, string.Join('\n', disagreements.Take(20)));
    }

    private static List<string> Compare(string node, IReadOnlyList<byte[]> modules)
    {
        var disagreements = new List<string>();
        var verdicts = Ask(node, modules);
        for (var i = 0; i < modules.Count; i++)
        {
            var error = Validate(modules[i]);
            var accepted = verdicts[i] == '1';
            if ((error is null) == accepted || (accepted ? IsExtension(error!) : IsLarge(modules[i]))) continue;
            disagreements.Add($"{error?.Message ?? "valid"}: {Convert.ToHexString(modules[i])}");
        }
        return disagreements;
    }

    private static WasmException? Validate(byte[] bytes)
    {
        try
        {
            WasmValidator.Validate(WasmDecoder.Decode(bytes));
            return null;
        }
        catch (WasmException error)
        {
            return error;
        }
    }

    /// <summary>
    /// Whether V8 may take what we refuse: the instructions of older exception handling and of threads; empty element
    /// segments of a type that is no reference; and, in unreachable code only, references that the specification's
    /// algorithm refuses, because V8 neither gives them the bottom heap type nor retypes them where a branch may leave.
    /// </summary>
    private static bool IsExtension(WasmException error) => error switch
    {
        WasmFormatException { Reason: var reason } =>
            reason == "malformed reference type"
            || LaterOpcodes.Any(opcode => reason.StartsWith($"illegal opcode {opcode}", StringComparison.Ordinal)),
        WasmValidationException { Reason: var reason } => LaxMismatches.Any(
            mismatch => reason.Contains(mismatch, StringComparison.Ordinal)),
        _ => false,
    };

    /// <summary>Whether the module is valid, but larger than V8 has room for.</summary>
    private static bool IsLarge(byte[] bytes)
    {
        var module = WasmDecoder.Decode(bytes);
        return module.Memories.Any(memory => memory.Limits is { Minimum: > MaxPages } or { Maximum: > MaxPages })
            || module.Tables.Any(table => table.Limits.Minimum > MaxElements);
    }

    private static string Ask(string node, IReadOnlyList<byte[]> modules)
    {
        var file = Path.GetTempFileName();
        try
        {
            using (var stream = File.Create(file))
            {
                var size = new byte[4];
                foreach (var module in modules)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(size, module.Length);
                    stream.Write(size);
                    stream.Write(module);
                }
            }
            var verdicts = Run(node, "-e", Script, file);
            Assert.Equal(modules.Count, verdicts.Length);
            return verdicts;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string FindNode()
    {
        var node = Environment.GetEnvironmentVariable("TENSORWASM_NODE") ?? "node";
        string reason;
        try
        {
            var version = Run(node, "--version").Trim();
            if (int.Parse(version[1..version.IndexOf('.')], CultureInfo.InvariantCulture) >= OldestNode) return node;
            reason = $"{node} is {version}, and this needs {OldestNode} or later";
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            reason = $"cannot run {node}: {error.Message}";
        }
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(reason);
        Assert.Skip(reason);
        return node;
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
