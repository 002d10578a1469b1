namespace TensorWasm.Ptx.Fencing;

/// <summary>A 64-bit parameter that the fence adds after the author's own and that the launcher fills in.</summary>
public enum HiddenParameter
{
    /// <summary>Address of the tenant's region.</summary>
    RegionBase,

    /// <summary>Size of the region in bytes minus one; the size is a power of two.</summary>
    RegionMask,

    /// <summary>Address of the module's global variables in the region's writable half.</summary>
    Globals,

    /// <summary>Address of the 64-byte status block (see <see cref="FenceStatus"/>), outside the region.</summary>
    Status,

    /// <summary>The <c>%globaltimer</c> value, or the flag's address, by <see cref="DeadlineKind"/>.</summary>
    Deadline,
}
