using System.Diagnostics;

namespace TensorWasm.Cli.Tests;

/// <summary>
/// Drivers that can't be used: the operator is told what to do, a GPU that was asked for is an error, and otherwise the
/// processor does the work. The driver is a library of the test's, which fails as each case says.
/// </summary>
public sealed class DriverFailureTests : CliTest
{
    [Theory]
    // 12.2 is what drivers before 550 know (CUDA compatibility, table 2).
    [InlineData("FAKE_CUDA_VERSION", "12020", "too old: it knows CUDA 12.2", "install driver 550 or later")]
    [InlineData("FAKE_CUDA_INIT", "100", "sees no device", "nvidia-smi, CUDA_VISIBLE_DEVICES")]
    [InlineData("FAKE_CUDA_DEVICES", "0", "sees no device", "whether a container was given the GPU")]
    [InlineData("FAKE_CUDA_INIT", "803", "differ in version", "restart the machine")]
    [InlineData("FAKE_CUDA_INIT", "304", "refused by the operating system", "the rights of /dev/nvidia*")]
    [InlineData("FAKE_CUDA_CONTEXT", "2", "CUDA_ERROR_OUT_OF_MEMORY (out of memory)", "nvidia-smi for who uses it and how much memory is left")]
    public async Task The_operator_is_told_what_to_do(string variable, string value, string what, string remedy)
    {
        await FakeDriver.BuildAsync(Folder);
        var (status, _, error) = await RunAsync(variable, value, "run", "--gpu", "cuda", Sample);
        Assert.Equal(1, status);
        Assert.Contains(what, error, StringComparison.Ordinal);
        Assert.Contains(remedy, error, StringComparison.Ordinal);

        (status, var output, _) = await RunAsync(variable, value, "devices");
        Assert.Equal(0, status);
        Assert.Contains("no GPU: ", output, StringComparison.Ordinal);
        Assert.Contains(remedy, output, StringComparison.Ordinal);

        (status, output, _) = await RunAsync(variable, value, "run", Sample, "1000");
        Assert.Equal(0, status);
        Assert.Contains("right", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_GPU_is_listed_and_has_a_number()
    {
        await FakeDriver.BuildAsync(Folder);
        var (status, output, _) = await RunAsync("FAKE_CUDA_DEVICES", "2", "devices");
        Assert.Equal(0, status);
        Assert.Equal(["cuda:0", "cuda:1", "cpu"], output.Split('\n').Where(static line => line.Length > 0 && line[0] != ' ')
            .Select(static line => line.Split(' ')[0]));
        (status, _, var error) = await RunAsync("FAKE_CUDA_DEVICES", "2", "run", "--gpu", "cuda:2", Sample);
        Assert.Equal(1, status);
        Assert.Contains("there is no CUDA device 2; there are 2", error, StringComparison.Ordinal);
    }

    private static string Sample => Path.Combine(Repository.Root, "samples", "vector-add", "guest.wasm");

    private async Task<(int Status, string Output, string Error)> RunAsync(
        string variable, string value, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "tensorwasm"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LD_LIBRARY_PATH"] = Folder;
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }
}
