using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>Base of the interfaces: what their functions have in common.</summary>
/// <param name="module">The interface's name, with its version.</param>
/// <param name="linker">Where its functions go.</param>
/// <param name="find">Finds a store's context.</param>
/// <param name="isWanted">Whether a function is worth defining; each costs about a millisecond once.</param>
internal abstract class HostImports(
    string module, Linker linker, Func<Store, HostContext> find, Func<string, string, bool> isWanted)
{
    /// <summary>Spans of a guest's calls, whichever interface it uses; the names are TensorWasm's.</summary>
    protected const string LoadSpan = "wasi_cuda.load_ptx";

    /// <inheritdoc cref="LoadSpan"/>
    protected const string LaunchSpan = "wasi_cuda.launch";

    /// <inheritdoc cref="LoadSpan"/>
    protected const string WaitSpan = "wasi_cuda.sync";

    /// <summary>A call of a guest. No lambda that captures: its state is passed, so that a call allocates nothing.</summary>
    /// <param name="guest">The guest's part of the device.</param>
    /// <param name="caller">The guest.</param>
    /// <param name="state">The call's arguments.</param>
    /// <returns>What the guest is answered.</returns>
    protected delegate long Body<TState>(GpuGuest guest, Caller caller, TState state);

    /// <summary>Offers every function.</summary>
    internal abstract void Define();

    protected void Define(string name, Delegate function)
    {
        if (isWanted(module, name))
        {
            linker.DefineFunction(module, name, function);
        }
    }

    protected HostContext Context(Caller caller) => find(caller.Store);

    /// <summary>Runs a call, and turns its failure into a code.</summary>
    /// <param name="caller">The guest.</param>
    /// <param name="capability">What the guest must be allowed; -1 is the answer where it is not.</param>
    /// <param name="state">The call's arguments.</param>
    /// <param name="body">The call.</param>
    /// <param name="span">The name of its span in the invocation's trace; null for a call that is not worth one.</param>
    /// <exception cref="TrapException">The guest was interrupted while it waited.</exception>
    protected long Run<TState>(
        Caller caller, HostCapabilities capability, TState state, Body<TState> body, string? span = null)
    {
        var context = find(caller.Store);
        if ((context.Configuration.Capabilities & capability) == 0)
        {
            return (long)HostError.NotAvailable;
        }
        context.CallSpan = span is null ? null : context.Trace?.Begin(TraceSpanKind.HostCall, span);
        string? failure = null;
        try
        {
            return body(context.Gpu, caller, state);
        }
        catch (HostCallException e)
        {
            failure = e.Message;
            return (long)Code(context.Gpu.Fail(e));
        }
        catch (GpuException e)
        {
            failure = e.Message;
            return (long)Code(context.Gpu.Fail(e));
        }
        catch (OperationCanceledException) when (caller.Store.Interrupted.IsCancellationRequested)
        {
            throw new TrapException(TrapCode.Interrupted);
        }
        finally
        {
            if (context.CallSpan is { } call)
            {
                context.Trace!.End(call, failure);
                context.CallSpan = null;
            }
        }
    }

    /// <summary>The interface's own code for an error.</summary>
    protected abstract HostError Code(HostError error);
}
