namespace TensorWasm.Wasi;

/// <summary>A folder of the host that a guest is granted (a preopen).</summary>
/// <param name="HostPath">The folder on the host. It must exist when a context is made.</param>
/// <param name="GuestPath">
/// The path that the guest sees it under, such as <c>/data</c> or <c>.</c>; wasi-libc picks the longest match.
/// </param>
/// <param name="Access">What the guest may do there.</param>
public sealed record WasiFolder(string HostPath, string GuestPath, FolderAccess Access);
