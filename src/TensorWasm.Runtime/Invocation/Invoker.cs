using System.Collections.Immutable;
using System.Diagnostics;
using TensorWasm.Engine;
using TensorWasm.Gpu;
using TensorWasm.Wasi;
using TensorWasm.Wasm;

namespace TensorWasm.Runtime;

/// <summary>Carries out invocations: finds the function, waits for a place, makes a sandbox, calls, accounts.</summary>
internal sealed class Invoker(
    TenantDirectory tenants,
    FunctionDirectory functions,
    ModuleCache modules,
    AdmissionControl admission,
    DeadlineMonitor deadlines,
    ISandboxSource sandboxes,
    DevicePool devices,
    RecentInvocations recent,
    TimeProvider time)
{
    private const int MaxFrames = 32;

    private readonly GuestThreads _threads = new();

    /// <summary>The exports that are called by default; a program's start, and its old name.</summary>
    private static readonly string[] Defaults = ["_start", "main"];

    /// <summary>Told of what must not happen: faults of the runtime itself.</summary>
    internal Action<Exception>? OnFault { get; init; }

    internal async ValueTask<InvocationResult> InvokeAsync(InvocationRequest request, CancellationToken cancellation)
    {
        try
        {
            var prepared = await PrepareAsync(
                request.Tenant, request.Function, request.Export, request.Arguments, cancellation)
                    .ConfigureAwait(false);
            return prepared.Succeeded
                ? await InvokeAsync(prepared.Value, request, cancellation).ConfigureAwait(false)
                : new InvocationResult { Error = prepared.Error };
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Failed(RuntimeErrorKind.Cancelled, "The invocation was cancelled.");
        }
        finally
        {
            request.Output?.Complete();
        }
    }

    /// <summary>Finds what is to be called, and lowers the arguments.</summary>
    internal async ValueTask<Outcome<PreparedCall>> PrepareAsync(
        TenantId tenant, FunctionReference reference, string? export, IReadOnlyList<GuestArgument> arguments,
        CancellationToken cancellation)
    {
        try
        {
            var owner = await tenants.GetAsync(tenant, cancellation).ConfigureAwait(false);
            if (!owner.Succeeded) return owner.Error;
            if (owner.Value.Record.Status == TenantStatus.Suspended)
            {
                return new RuntimeError(RuntimeErrorKind.TenantSuspended, "The tenant is suspended.");
            }
            var found = await functions.ResolveAsync(tenant, reference, cancellation).ConfigureAwait(false);
            if (!found.Succeeded) return found.Error;
            var (function, version) = found.Value;
            var module = modules.TryGet(version.Module, tenant)
                ?? await modules.GetAsync(version.Module, tenant, null, cancellation).ConfigureAwait(false);
            var called = FindExport(module, export);
            if (!called.Succeeded) return called.Error;
            var (name, type) = called.Value;
            var values = ArgumentLowering.Lower(arguments, type);
            return values.Succeeded
                ? new PreparedCall(owner.Value, function, version, module, name, type, values.Value)
                : values.Error;
        }
        catch (Exception e) when (RuntimeFailure.Of(e) is { } error)
        {
            return error;
        }
    }

    private static Outcome<(string Name, FunctionType Type)> FindExport(CompiledModule module, string? export)
    {
        if (export is not null)
        {
            return module.FindFunction(export) is { } type
                ? (export, type)
                : new RuntimeError(RuntimeErrorKind.ExportNotFound, $"The module exports no function of that name. {module.DescribeFunctions()}");
        }
        foreach (var name in Defaults)
        {
            if (module.FindFunction(name) is { } type) return (name, type);
        }
        return new RuntimeError(
            RuntimeErrorKind.ExportNotFound,
            $"The module exports neither _start nor main, so an export must be named. {module.DescribeFunctions()}");
    }

    private async ValueTask<InvocationResult> InvokeAsync(
        PreparedCall call, InvocationRequest request, CancellationToken cancellation)
    {
        var tenant = call.Tenant;
        var quota = tenant.Record.Quota;
        var asked = time.GetTimestamp();
        var limits = call.Version.Settings.Limits;
        var entered = await admission.EnterAsync(tenant.Lane, quota, limits.MemoryBytes, cancellation)
            .ConfigureAwait(false);
        if (!entered.Succeeded)
        {
            tenant.Meter.Add(new UsageCounters { Requests = 1, Refusals = 1 });
            return new InvocationResult { Error = entered.Error, Version = call.Version.Number };
        }
        using var place = entered.Value;
        var queued = time.GetElapsedTime(asked);
        var deadline = Least(limits.Deadline, quota.MaxDeadline, request.Deadline);

        // Who listens to the output must be free to, and a thread that is not the pool's is not ours to keep.
        var taken = call.Module.TimeOf(call.Export);
        var result = request.Output is null && taken.IsQuick && Thread.CurrentThread.IsThreadPoolThread
            ? Run(call, request, deadline, queued, taken, cancellation)
            : await RunApartAsync(call, request, deadline, queued, cancellation).ConfigureAwait(false);
        taken.Learn(result.Usage.StartTime + result.Usage.RunTime);
        tenant.Meter.Add(Count(result));
        return result;
    }

    private Task<InvocationResult> RunApartAsync(
        PreparedCall call, InvocationRequest request, TimeSpan deadline, TimeSpan queued, CancellationToken cancellation) =>
        _threads.RunAsync(() => Run(call, request, deadline, queued, null, cancellation));

    private InvocationResult Run(
        PreparedCall call, InvocationRequest request, TimeSpan deadline, TimeSpan queued, ExportTime? quick,
        CancellationToken cancellation)
    {
        using var activity = RuntimeTelemetry.StartRun(call);
        var started = time.GetTimestamp();
        var usage = new InvocationUsage { QueueTime = queued };
        Sandbox? sandbox = null;
        RunningInvocation? running = null;
        InvocationResult result;
        try
        {
            var device = devices.Choose(call.Module);
            sandbox = sandboxes.Create(new SandboxRequest
            {
                Module = call.Module,
                Version = call.Version,
                FunctionName = call.Function.Name,
                Invocation = request,
                Deadline = deadline,
                Started = started,
                Device = device,
                NoDeviceReason = devices.NoDeviceReason,
                DeviceTenant = call.Tenant.Device.For(call.Tenant.Record),
                Kernels = devices.KernelsOf(request.Tenant, device),
            });
            running = new RunningInvocation(
                sandbox.Store, started + (long)(deadline.TotalSeconds * time.TimestampFrequency), quick);
            deadlines.Add(running);
            using var registration = cancellation.UnsafeRegister(
                static invocation => ((RunningInvocation)invocation!).Stop(RuntimeErrorKind.Cancelled), running);
            sandbox.Start();
            usage = usage with { StartTime = time.GetElapsedTime(started) };
            var returned = sandbox.Instance.GetFunction(call.Export)!.Invoke(call.Arguments);
            // A guest that waited in the host when it was stopped may return before it meets the interruption.
            result = running.StopReason is { } reason
                ? Stopped(reason, deadline)
                : new InvocationResult
                {
                    Results = ImmutableArray.Create(ArgumentLowering.Lift(returned, call.Type)),
                };
        }
        catch (Exception e)
        {
            result = Translate(e, running, deadline);
        }
        finally
        {
            if (running is not null) deadlines.Remove(running);
        }
        result = result with
        {
            Version = call.Version.Number,
            Usage = Measure(usage, sandbox, request, time.GetElapsedTime(started) - usage.StartTime),
        };
        var trace = sandbox?.Session.Trace;
        trace?.Finish();
        sandbox?.Dispose();
        RuntimeTelemetry.Finish(activity, result, trace, request.Tenant);
        if (trace is { IsEmpty: false })
        {
            recent.Add(new InvocationRecord
            {
                Tenant = request.Tenant,
                TraceId = request.TraceId ?? (activity?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString(),
                Function = call.Function.Id,
                Version = call.Version.Number,
                Export = call.Export,
                Job = request.Job,
                Error = result.Error,
                Usage = result.Usage,
                Trace = trace,
            });
        }
        return result;
    }

    private static InvocationUsage Measure(
        InvocationUsage usage, Sandbox? sandbox, InvocationRequest request, TimeSpan runTime)
    {
        usage = usage with { RunTime = runTime, OutputBytes = request.Output?.TotalBytes ?? 0 };
        return sandbox is null ? usage : sandbox.Measure(usage);
    }

    private InvocationResult Translate(Exception exception, RunningInvocation? running, TimeSpan deadline)
    {
        switch (exception)
        {
            case WasiExitException { ExitCode: 0 }:
                return new InvocationResult { ExitCode = 0 };
            case WasiExitException exit:
                return Failed(RuntimeErrorKind.GuestExited, exit.Message) with { ExitCode = exit.ExitCode };
            case TrapException { Code: TrapCode.Interrupted } or OperationCanceledException
                when running?.StopReason is { } reason:
                return Stopped(reason, deadline);
            case TrapException trap:
                return Failed(RuntimeErrorKind.GuestTrapped, $"The guest trapped: {trap.Message}.") with
                {
                    Trap = trap.Code,
                    Backtrace = [.. trap.Frames.Take(MaxFrames).Select(static frame => frame.ToString())],
                };
            case LinkException link:
                return Failed(RuntimeErrorKind.LinkFailed, $"The module can't be linked: {link.Message}.");
            case LimitExceededException limit:
                return Failed(
                    RuntimeErrorKind.LimitExceeded, $"The guest needs more than it may have: {limit.Message}.");
            case GpuException { Code: GpuErrorCode.DeviceLost }:
                return Failed(RuntimeErrorKind.DeviceLost, "The device has failed, and is not open again yet; try again.");
            case GpuException gpu:
                return Failed(RuntimeErrorKind.LimitExceeded, $"The device has no room for the guest: {gpu.Message}.");
            case OutOfMemoryException:
                return Failed(RuntimeErrorKind.LimitExceeded, "The machine has no memory left for the guest.");
            default:
                OnFault?.Invoke(exception);
                return Failed(RuntimeErrorKind.Internal, "The runtime failed.");
        }
    }

    private static InvocationResult Stopped(RuntimeErrorKind reason, TimeSpan deadline) => Failed(reason, reason switch
    {
        RuntimeErrorKind.DeadlineExceeded => $"The guest ran longer than {deadline.TotalSeconds} s.",
        RuntimeErrorKind.ShuttingDown => "The server is shutting down.",
        _ => "The invocation was cancelled.",
    });

    private static UsageCounters Count(InvocationResult result) => new()
    {
        Requests = 1,
        Failures = result.Succeeded ? 0 : 1,
        CpuTime = result.Usage.CpuTime,
        MemoryByteSeconds = result.Usage.MemoryBytes * (result.Usage.RunTime + result.Usage.StartTime).TotalSeconds,
        OutputBytes = result.Usage.OutputBytes,
    };

    private static InvocationResult Failed(RuntimeErrorKind kind, string message) =>
        new() { Error = new RuntimeError(kind, message) };

    private static TimeSpan Least(TimeSpan first, TimeSpan second, TimeSpan? third)
    {
        var least = first < second ? first : second;
        return third is { } other && other < least ? other : least;
    }
}
