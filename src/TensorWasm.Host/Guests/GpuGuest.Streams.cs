using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>Streams, events and graphs.</summary>
public sealed partial class GpuGuest
{
    private readonly HandleTable<StreamSlot> _streams = new(GuestLimits.Streams);
    private readonly HandleTable<GpuEvent> _events = new(GuestLimits.Events);
    private readonly HandleTable<GraphSlot> _graphs = new(GuestLimits.Graphs);
    private StreamSlot? _defaultStream;
    private long _recordedBytes;

    /// <summary>The stream that always exists, made when it is first needed.</summary>
    internal StreamSlot DefaultStream => _defaultStream ??= new StreamSlot(RequireRegion().DefaultStream);

    internal StreamSlot GetStream(uint handle) =>
        handle == 0 ? DefaultStream
        : _streams.TryGet(handle, out var stream) ? stream
        : throw NoSuch("stream", handle);

    internal GpuEvent GetEvent(uint handle) =>
        _events.TryGet(handle, out var marker) ? marker : throw NoSuch("event", handle);

    internal GraphSlot GetGraph(uint handle) =>
        _graphs.TryGet(handle, out var graph) ? graph : throw NoSuch("graph", handle);

    internal int CreateStream()
    {
        var region = RequireRegion();
        return _streams.IsFull
            ? throw new HostCallException(HostError.QuotaExceeded, $"a sandbox has at most {GuestLimits.Streams} streams")
            : _streams.Add(new StreamSlot(region.CreateStream()));
    }

    internal void DestroyStream(uint handle)
    {
        if (handle == 0)
        {
            throw new HostCallException(HostError.InvalidHandle, "the default stream can't be destroyed");
        }
        if (!_streams.TryRemove(handle, out var slot))
        {
            throw NoSuch("stream", handle);
        }
        _recordedBytes -= slot.RecordedBytes;
        slot.Stream.Dispose();
    }

    /// <summary>Waits for every stream.</summary>
    /// <exception cref="GpuException">The first failure.</exception>
    internal void WaitForAll(CancellationToken cancellation)
    {
        GpuException? failure = null;
        Wait(_defaultStream);
        foreach (var slot in _streams.Items)
        {
            Wait(slot);
        }
        if (failure is not null)
        {
            throw failure;
        }

        void Wait(StreamSlot? slot)
        {
            try
            {
                slot?.Stream.Wait(cancellation);
            }
            catch (GpuException e)
            {
                failure ??= e;
            }
        }
    }

    internal int CreateEvent()
    {
        var region = RequireRegion();
        return _events.IsFull
            ? throw new HostCallException(HostError.QuotaExceeded, $"a sandbox has at most {GuestLimits.Events} events")
            : _events.Add(region.CreateEvent());
    }

    internal void DestroyEvent(uint handle)
    {
        if (!_events.TryRemove(handle, out var marker))
        {
            throw NoSuch("event", handle);
        }
        marker.Dispose();
    }

    internal int EndRecording(StreamSlot slot)
    {
        if (_graphs.IsFull)
        {
            throw new HostCallException(HostError.QuotaExceeded, $"a sandbox has at most {GuestLimits.Graphs} graphs");
        }
        var bytes = slot.RecordedBytes;
        slot.RecordedBytes = 0;
        try
        {
            return _graphs.Add(new GraphSlot(slot.Stream.EndRecording(), bytes));
        }
        catch
        {
            _recordedBytes -= bytes;
            throw;
        }
    }

    internal void Launch(StreamSlot slot, GraphSlot graph, CancellationToken cancellation) =>
        slot.Stream.Launch(graph.Graph, TimeLimit(slot), cancellation);

    internal void DestroyGraph(uint handle)
    {
        if (!_graphs.TryRemove(handle, out var slot))
        {
            throw NoSuch("graph", handle);
        }
        _recordedBytes -= slot.Bytes;
        slot.Graph.Dispose();
    }

    private void RequireRoomToRecord(int parameterBytes)
    {
        if (parameterBytes + GuestLimits.RecordedLaunchBytes > GuestLimits.RecordedBytes - _recordedBytes)
        {
            throw new HostCallException(
                HostError.QuotaExceeded,
                $"the recorded launches of a sandbox have at most {GuestLimits.RecordedBytes} bytes");
        }
    }

    private void Recorded(StreamSlot slot, int parameterBytes)
    {
        slot.RecordedBytes += parameterBytes + GuestLimits.RecordedLaunchBytes;
        _recordedBytes += parameterBytes + GuestLimits.RecordedLaunchBytes;
    }
}
