namespace TensorWasm.Server;

/// <summary>The end of an audit chain.</summary>
/// <param name="Sequence">The last record's number; 0 if there is none.</param>
/// <param name="Hash">The last record's hash; zeros if there is none.</param>
public sealed record AuditHead(long Sequence, byte[] Hash)
{
    /// <summary>The head of a chain without records.</summary>
    public static AuditHead Empty { get; } = new(0, new byte[AuditFormat.HashBytes]);

    /// <summary><c>sequence:hash</c>, for keeping outside the machine: a log cut at its end shows against it.</summary>
    public override string ToString() => $"{Sequence}:{Convert.ToHexStringLower(Hash)}";
}
