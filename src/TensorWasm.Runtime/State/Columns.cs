namespace TensorWasm.Runtime.State;

/// <summary>How values lie in columns.</summary>
internal static class Columns
{
    /// <summary>Databases have signed integers: the same 64 bits.</summary>
    internal static long Of(TenantId tenant) => unchecked((long)tenant.Value);

    internal static TenantId Tenant(long column) => new(unchecked((ulong)column));

    internal static long Of(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    internal static DateTimeOffset Time(long column) => DateTimeOffset.FromUnixTimeMilliseconds(column);

    internal static DateTimeOffset? Time(long? column) => column is { } milliseconds ? Time(milliseconds) : null;

    internal static Digest? Digest(string? column) => column is null ? null : TensorWasm.Runtime.Digest.Parse(column);
}
