namespace TensorWasm.Runtime.Tests;

public sealed class InvocationTests : IAsyncLifetime, IDisposable
{
    private readonly TestFolder _folder = new();
    private TensorWasmRuntime _runtime = null!;

    public async ValueTask InitializeAsync() =>
        _runtime = await TensorWasmRuntime.OpenAsync(new RuntimeOptions { Folder = _folder.Path });

    public ValueTask DisposeAsync() => _runtime.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_deployed_function_is_invoked()
    {
        var deployed = await _runtime.Functions.DeployAsync(
            new DeployRequest { Tenant = new TenantId(7), Name = "add", Module = Guests.Add });
        Assert.True(deployed.Succeeded, deployed.ToString());

        var result = await _runtime.InvokeAsync(new InvocationRequest
        {
            Tenant = new TenantId(7),
            Function = deployed.Value.Function.Id,
            Arguments = [2, "0x28"],
        });

        Assert.True(result.Succeeded, $"{result.Error}");
        Assert.Equal("42", Assert.Single(result.Results).ToString());
    }

    [Fact]
    public async Task A_loop_ends_at_its_deadline()
    {
        var deployed = await _runtime.Functions.DeployAsync(
            new DeployRequest { Tenant = default, Name = "loop", Module = Guests.Loop });

        var result = await _runtime.InvokeAsync(new InvocationRequest
        {
            Tenant = default,
            Function = deployed.Value.Function.Id,
            Deadline = TimeSpan.FromMilliseconds(50),
        });

        Assert.Equal(RuntimeErrorKind.DeadlineExceeded, result.Error?.Kind);
        Assert.InRange(result.Usage.CpuTime.TotalMilliseconds, 1, 1000);
    }
}
