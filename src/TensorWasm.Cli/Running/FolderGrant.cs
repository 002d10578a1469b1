namespace TensorWasm.Cli;

/// <summary>A folder that the guest gets: HOST or HOST::GUEST.</summary>
/// <param name="HostPath">The folder on this system.</param>
/// <param name="GuestPath">The path that the guest sees it under.</param>
/// <param name="IsReadOnly">Whether the guest may only read there.</param>
internal sealed record FolderGrant(string HostPath, string GuestPath, bool IsReadOnly)
{
    private const string Separator = "::";

    internal static FolderGrant? Parse(string text, bool isReadOnly)
    {
        var mark = text.IndexOf(Separator, StringComparison.Ordinal);
        var host = mark < 0 ? text : text[..mark];
        var guest = mark < 0 ? text : text[(mark + Separator.Length)..];
        return host.Length == 0 || guest.Length == 0 ? null : new FolderGrant(host, guest, isReadOnly);
    }
}
