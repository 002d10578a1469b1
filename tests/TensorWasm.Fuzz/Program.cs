using System.Globalization;
using TensorWasm.Fuzz;

// Usage: TensorWasm.Fuzz [generated|mutated|all] [--seconds N] [--seed S] [--folder PATH]
//        TensorWasm.Fuzz --replay FILE.wasm CALL...   what each engine does; a call is a name and arguments such as i:5
// Exit status 1 when an engine differed from V8; what differed is kept in the folder.
var target = args.Length > 0 && !args[0].StartsWith('-') ? args[0] : "all";
var seconds = double.Parse(Option("--seconds") ?? "60", CultureInfo.InvariantCulture);
var seed = Option("--seed") is { } given ? ulong.Parse(given, CultureInfo.InvariantCulture) : (ulong)Random.Shared.NextInt64() / 1000 * 1000;
var folder = Option("--folder") ?? Path.Combine(Path.GetTempPath(), "tensorwasm-fuzz");
if (V8Oracle.FindNode() is not { } node)
{
    Console.Error.WriteLine("no Node: run eng/guest-toolchain.sh, or name one by TENSORWASM_NODE");
    return 2;
}

using var oracle = new V8Oracle(node);
if (Option("--replay") is { } path)
{
    var module = new GeneratedModule(path, File.ReadAllBytes(path), args[2..], 0, true);
    foreach (var (name, outcomes) in new Differ(oracle).Replay(module)) Console.WriteLine($"{name}: {string.Join(", ", outcomes)}");
    return 0;
}
var campaign = new Campaign(oracle, folder, Console.Out);
Console.WriteLine($"seed {seed}, {seconds} s, failures go to {folder}");
var time = TimeSpan.FromSeconds(target == "all" ? seconds / 2 : seconds);
if (target is "generated" or "all") campaign.RunGenerated(seed, time);
if (target is "mutated" or "all") campaign.RunMutated(new MutatedModules(seed), time);
Console.WriteLine(
    $"{campaign.Modules} modules, {campaign.Compared.Calls} calls, {campaign.Compared.Traps} of them trapped, "
    + $"{campaign.Failures.Count} failures");
return campaign.Failures.Count == 0 ? 0 : 1;

string? Option(string name)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
