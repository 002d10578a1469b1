namespace TensorWasm.Wasi;

/// <summary>What a subscription waits for (typenames.witx, <c>$eventtype</c>).</summary>
internal enum EventType : byte
{
    Clock = 0,
    FdRead = 1,
    FdWrite = 2,
}
