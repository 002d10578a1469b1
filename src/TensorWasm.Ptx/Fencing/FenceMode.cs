namespace TensorWasm.Ptx.Fencing;

/// <summary>What happens to an access that would leave the region.</summary>
public enum FenceMode
{
    /// <summary>Its address is moved inside, silently. The cheapest.</summary>
    Fence,

    /// <summary>The thread stops before it and the status block says which access it was.</summary>
    Check,
}
