using System.Collections.Immutable;

namespace TensorWasm.Runtime.Tests;

internal static class RuntimeExtensions
{
    internal static async Task<Guid> DeployAsync(
        this TensorWasmRuntime runtime, ReadOnlyMemory<byte> module, TenantId tenant = default,
        FunctionSettings? settings = null, string name = "f")
    {
        var deployed = await runtime.Functions.DeployAsync(new DeployRequest
        {
            Tenant = tenant,
            Name = name,
            Module = module,
            Settings = settings ?? FunctionSettings.Default,
        });
        return deployed.Value.Function.Id;
    }

    internal static ValueTask<InvocationResult> CallAsync(
        this TensorWasmRuntime runtime, FunctionReference function, ImmutableArray<GuestArgument>? arguments = null,
        TenantId tenant = default, string? export = null, CancellationToken cancellation = default) =>
        runtime.InvokeAsync(
            new InvocationRequest
            {
                Tenant = tenant,
                Function = function,
                Export = export,
                Arguments = arguments ?? [],
            },
            cancellation);

    /// <summary>The job, once it has finished.</summary>
    internal static async Task<JobRecord> WaitAsync(this TensorWasmRuntime runtime, Guid job, TenantId tenant = default)
    {
        var end = Environment.TickCount64 + 60_000;
        while (Environment.TickCount64 < end)
        {
            var found = (await runtime.Jobs.FindAsync(tenant, job)).Value;
            if (found.IsFinished) return found;
            await Task.Delay(20);
        }
        throw new TimeoutException($"job {job} has not finished");
    }
}
