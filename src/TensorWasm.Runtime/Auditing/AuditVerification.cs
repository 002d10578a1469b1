namespace TensorWasm.Runtime;

/// <summary>What verifying the audit chain found.</summary>
/// <param name="Records">How many records follow one another rightly from the first.</param>
/// <param name="BrokenAt">The place of the first record that does not; null where the chain is whole.</param>
/// <param name="LastHash">The hash of the last record that is right.</param>
public sealed record AuditVerification(long Records, long? BrokenAt, ReadOnlyMemory<byte> LastHash)
{
    /// <summary>Whether the chain is whole.</summary>
    public bool IsWhole => BrokenAt is null;
}
