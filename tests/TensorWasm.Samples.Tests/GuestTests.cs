using TensorWasm.Host;

namespace TensorWasm.Samples.Tests;

public sealed class GuestTests
{
    [Theory]
    [MemberData(nameof(Samples.All), MemberType = typeof(Samples))]
    public void Without_a_device_a_guest_says_so_and_ends_as_skipped(string name)
    {
        SampleRun run = SampleRun.Of(name, new HostConfiguration(), null);
        Assert.Equal(77, run.ExitCode);
        Assert.Contains(name, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("right", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guest_refuses_sizes_that_it_cannot_handle()
    {
        SampleRun run = SampleRun.Of("saxpy", new HostConfiguration(), null, "many");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'many'", run.Errors, StringComparison.Ordinal);
    }
}
