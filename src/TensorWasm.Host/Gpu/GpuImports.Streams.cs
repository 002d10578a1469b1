using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>Launches, streams, events and graphs.</summary>
internal sealed partial class GpuImports
{
    private void DefineStreams()
    {
        Define("launch", (
            Caller caller,
            uint stream,
            uint kernel,
            uint gridX,
            uint gridY,
            uint gridZ,
            uint blockX,
            uint blockY,
            uint blockZ,
            uint shared,
            uint arguments,
            uint length) =>
            (int)Run(
                caller,
                (stream, kernel, new Dim3(gridX, gridY, gridZ), new Dim3(blockX, blockY, blockZ), shared, arguments, length),
                static (guest, caller, a) =>
                {
                    var records = GpuGuest.ArgumentWindow(caller, a.arguments, a.length);
                    var kernel = guest.GetKernel(a.kernel);
                    var shape = new LaunchShape(a.Item3, a.Item4, (int)Math.Min(a.shared, int.MaxValue));
                    guest.Launch(caller, guest.GetStream(a.stream), kernel.Kernel, shape, records, allowsBuffers: true);
                    return 0;
                },
                LaunchSpan));
        Define("stream-create", (Caller caller) => (int)Run(caller, 0, static (guest, _, _) => guest.CreateStream()));
        Define("stream-destroy", (Caller caller, uint stream) => (int)Run(caller, stream, static (guest, _, stream) =>
        {
            guest.DestroyStream(stream);
            return 0;
        }));
        Define("stream-limit", (Caller caller, uint stream, uint milliseconds) => (int)Run(
            caller, (stream, milliseconds), static (guest, _, a) =>
            {
                guest.GetStream(a.stream).TimeLimit =
                    a.milliseconds == 0 ? null : TimeSpan.FromMilliseconds(a.milliseconds);
                return 0;
            }));
        Define("stream-wait", (Caller caller, uint stream) => (int)Run(caller, stream, static (guest, caller, stream) =>
        {
            guest.GetStream(stream).Stream.Wait(caller.Store.Interrupted);
            return 0;
        }, WaitSpan));
        Define("stream-is-idle", (Caller caller, uint stream) => (int)Run(caller, stream, static (guest, _, stream) =>
            guest.GetStream(stream).Stream.IsIdle ? 1 : 0));
        Define("stream-wait-event", (Caller caller, uint stream, uint marker) => (int)Run(
            caller, (stream, marker), static (guest, _, a) =>
            {
                guest.GetStream(a.stream).Stream.WaitFor(guest.GetEvent(a.marker));
                return 0;
            }));
    }

    private void DefineEvents()
    {
        Define("event-create", (Caller caller) => (int)Run(caller, 0, static (guest, _, _) => guest.CreateEvent()));
        Define("event-destroy", (Caller caller, uint marker) => (int)Run(caller, marker, static (guest, _, marker) =>
        {
            guest.DestroyEvent(marker);
            return 0;
        }));
        Define("event-record", (Caller caller, uint marker, uint stream) => (int)Run(
            caller, (marker, stream), static (guest, _, a) =>
            {
                guest.GetStream(a.stream).Stream.Record(guest.GetEvent(a.marker));
                return 0;
            }));
        Define("event-wait", (Caller caller, uint marker) => (int)Run(caller, marker, static (guest, caller, marker) =>
        {
            guest.GetEvent(marker).Wait(caller.Store.Interrupted);
            return 0;
        }));
        Define("event-is-complete", (Caller caller, uint marker) => (int)Run(caller, marker, static (guest, _, marker) =>
            guest.GetEvent(marker).IsComplete ? 1 : 0));
        Define("event-elapsed", (Caller caller, uint start, uint end) => Run(
            caller, (start, end), static (guest, _, a) =>
            {
                var elapsed = guest.GetEvent(a.end).Since(guest.GetEvent(a.start));
                return elapsed >= TimeSpan.Zero
                    ? (long)elapsed.TotalNanoseconds
                    : throw new HostCallException(
                        HostError.InvalidArguments, "the second event lies before the first one");
            }));
    }

    private void DefineGraphs()
    {
        Define("graph-begin", (Caller caller, uint stream) => (int)Run(caller, stream, static (guest, _, stream) =>
        {
            guest.GetStream(stream).Stream.BeginRecording();
            return 0;
        }));
        Define("graph-end", (Caller caller, uint stream) => (int)Run(caller, stream, static (guest, _, stream) =>
            guest.EndRecording(guest.GetStream(stream))));
        Define("graph-launch", (Caller caller, uint graph, uint stream) => (int)Run(
            caller, (graph, stream), static (guest, caller, a) =>
            {
                guest.Launch(guest.GetStream(a.stream), guest.GetGraph(a.graph), caller.Store.Interrupted);
                return 0;
            },
            LaunchSpan));
        Define("graph-destroy", (Caller caller, uint graph) => (int)Run(caller, graph, static (guest, _, graph) =>
        {
            guest.DestroyGraph(graph);
            return 0;
        }));
    }
}
