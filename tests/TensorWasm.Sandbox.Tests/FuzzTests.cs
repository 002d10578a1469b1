using System.Globalization;
using TensorWasm.Fuzz;

namespace TensorWasm.Sandbox.Tests;

/// <summary>
/// Modules that are made or changed at random do the same here and in V8. <c>TENSORWASM_FUZZ_SECONDS</c> sets how long; the
/// seed is then a new one.
/// </summary>
public sealed class FuzzTests
{
    [Fact]
    public void Generated_modules_do_what_they_do_in_V8() => Run((campaign, seed, time) => campaign.RunGenerated(seed, time));

    [Fact]
    public void Mutated_modules_do_what_they_do_in_V8() =>
        Run((campaign, seed, time) => campaign.RunMutated(new MutatedModules(seed), time));

    private static void Run(Action<Campaign, ulong, TimeSpan> target)
    {
        var node = V8Oracle.FindNode();
        if (node is null && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail("CI has Node 24 or newer");
        Assert.SkipUnless(node is not null, "no Node 24 or newer: run eng/guest-toolchain.sh, or set TENSORWASM_NODE");
        var seconds = Environment.GetEnvironmentVariable("TENSORWASM_FUZZ_SECONDS");
        var time = TimeSpan.FromSeconds(seconds is null ? 10 : double.Parse(seconds, CultureInfo.InvariantCulture) / 2);
        var seed = seconds is null ? 1UL : (ulong)Random.Shared.NextInt64() / 1000 * 1000;
        using var oracle = new V8Oracle(node!);
        var folder = Path.Combine(Path.GetTempPath(), "tensorwasm-fuzz");
        var campaign = new Campaign(oracle, folder, TextWriter.Null);
        target(campaign, seed, time);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {campaign.Modules} modules, {campaign.Compared}");
        Assert.True(campaign.Modules > 0);
        Assert.True(campaign.Failures.Count == 0, $"seed {seed}:\n{string.Join('\n', campaign.Failures)}");
    }
}
