namespace TensorWasm.Runtime;

/// <summary>An invocation that waits for a place.</summary>
internal sealed class AdmissionWaiter(AdmissionLane lane, TenantQuota quota, long bytes)
    : TaskCompletionSource<RuntimeErrorKind?>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    internal AdmissionLane Lane { get; } = lane;

    internal TenantQuota Quota { get; } = quota;

    internal long Bytes { get; } = bytes;

    /// <summary>What its lane was charged when it was admitted, in seconds.</summary>
    internal double Expected { get; set; }

    internal LinkedListNode<AdmissionWaiter>? Node { get; set; }
}
