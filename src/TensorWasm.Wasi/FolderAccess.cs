namespace TensorWasm.Wasi;

/// <summary>What a guest may do in a folder that it is granted.</summary>
public enum FolderAccess
{
    /// <summary>
    /// Look and read. Every call that would change something fails with <c>notcapable</c>, through this folder and
    /// through every descriptor opened from it.
    /// </summary>
    ReadOnly,

    /// <summary>Read, write, create, rename, link and remove.</summary>
    ReadWrite,
}
