namespace TensorWasm.Ptx.Fencing;

/// <summary>
/// Layout of the status block, 64 bytes that the launcher clears before a launch. The first thread that is stopped
/// claims it by an atomic compare-and-swap of the code; only that thread writes the rest.
/// </summary>
public static class FenceStatus
{
    /// <summary>Size of the block in bytes.</summary>
    public const int Size = 64;

    /// <summary>Code: an access outside the region or its variable, or misaligned.</summary>
    public const uint OutOfBounds = 1;

    /// <summary>Code: the kernel executed <c>trap</c>.</summary>
    public const uint Trapped = 2;

    /// <summary>Code: the deadline has passed.</summary>
    public const uint DeadlineExceeded = 3;

    /// <summary>Code: threads that must execute an instruction together did not come to it together.</summary>
    public const uint Diverged = 4;

    /// <summary>Offset of the 32-bit code; 0 when nothing happened.</summary>
    public const int CodeOffset = 0;

    /// <summary>Offset of the 32-bit line in the author's PTX.</summary>
    public const int LineOffset = 4;

    /// <summary>Offset of the 64-bit address that was about to be accessed.</summary>
    public const int AddressOffset = 8;

    /// <summary>Offset of the 32-bit column.</summary>
    public const int ColumnOffset = 16;

    /// <summary>Offset of the 32-bit size of the access in bytes; bit 16 is set for a write.</summary>
    public const int AccessOffset = 20;

    /// <summary>Offset of the block's x, y, z, 32 bits each.</summary>
    public const int BlockOffset = 24;

    /// <summary>Offset of the thread's x, y, z, 32 bits each.</summary>
    public const int ThreadOffset = 36;

    /// <summary>
    /// Offset of the 64-bit address of a 32-bit word that is set to the code once the rest is written, or of 0 for none.
    /// The launcher puts it there. Kernels of many threads claim a block in device memory a thousand times faster than
    /// one in host memory; a word in host memory, which one thread writes, saves the launcher from copying the block back
    /// after each launch.
    /// </summary>
    public const int DoorbellOffset = 48;
}
