namespace TensorWasm.Ptx.Ir;

/// <summary>What a kernel's directives promise about its launches (PTX ISA 11.4).</summary>
/// <param name="RequiredThreads"><c>.reqntid</c>: x, y, z; or null.</param>
/// <param name="MaximumThreads"><c>.maxntid</c>: x, y, z; or null.</param>
/// <param name="MinimumBlocks"><c>.minnctapersm</c>, or null.</param>
/// <param name="MaximumRegisters"><c>.maxnreg</c>, or null.</param>
public sealed record LaunchBounds(
    IReadOnlyList<long>? RequiredThreads, IReadOnlyList<long>? MaximumThreads, long? MinimumBlocks, long? MaximumRegisters)
{
    /// <summary>Most threads a block can have (PTX ISA 11.4.2; 1,024 on all architectures).</summary>
    public int MaximumBlockThreads
    {
        get
        {
            long product = 1;
            foreach (long extent in RequiredThreads ?? MaximumThreads ?? [1024])
            {
                product = Math.Min(product * Math.Max(extent, 1), 1024);
            }

            return (int)product;
        }
    }
}
