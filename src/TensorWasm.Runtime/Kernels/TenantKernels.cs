using TensorWasm.Gpu;
using TensorWasm.Host;

namespace TensorWasm.Runtime;

/// <summary>
/// The registry as a tenant's guests see it: "name@version" is the tenant's own kernel of that name and version, else a
/// shared one. Of its variants, the one for the highest architecture that the device has is taken.
/// </summary>
internal sealed class TenantKernels(IKernelStore kernels, IBlobStore blobs, TenantId tenant, DeviceInfo? device)
    : IKernelRegistry
{
    private const string ArchitecturePrefix = "sm_";

    /// <summary>Called on the guest's thread, which may wait.</summary>
    public ReadOnlyMemory<byte>? Find(string name)
    {
        var at = name.LastIndexOf('@');
        return at > 0 ? FindAsync(name[..at], name[(at + 1)..]).GetAwaiter().GetResult() : null;
    }

    private async Task<ReadOnlyMemory<byte>?> FindAsync(string name, string version)
    {
        try
        {
            var kernel = await kernels.ResolveAsync(tenant, name, version).ConfigureAwait(false);
            var variant = kernel?.Variants
                .Where(v => ArchitectureOf(v) <= (device?.Architecture ?? int.MaxValue))
                .MaxBy(ArchitectureOf);
            return variant is null ? null : await blobs.GetAsync(variant.Code).ConfigureAwait(false);
        }
        catch (Exception e) when (RuntimeFailure.Of(e) is not null)
        {
            return null;
        }
    }

    /// <summary>The number in "sm_90" or "sm_90a"; 0 where it can't be told.</summary>
    private static int ArchitectureOf(KernelVariant variant)
    {
        if (!variant.Architecture.StartsWith(ArchitecturePrefix, StringComparison.Ordinal)) return 0;
        var digits = variant.Architecture.AsSpan(ArchitecturePrefix.Length).TrimEnd("abcdefghijklmnopqrstuvwxyz");
        return int.TryParse(digits, out var number) ? number : 0;
    }
}
