using System.Diagnostics;

namespace TensorWasm.Engine.Tests.Semantics;

/// <summary>
/// The tests of this folder, once more in a process that may not use the newer vector instructions: the paths that an
/// older processor, or one without vectors that RyuJIT knows, would take.
/// </summary>
public sealed class LesserProcessorTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Results_are_the_same_without(string feature)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(LesserProcessorTests).Assembly.Location);
        }
        start.ArgumentList.Add("--filter-class");
        start.ArgumentList.Add(typeof(VectorOperationsTests).FullName!);
        start.ArgumentList.Add(typeof(ScalarOperationsTests).FullName!);
        start.Environment[feature] = "0";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
    }
}
