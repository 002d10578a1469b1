namespace TensorWasm.Ptx.Fencing;

/// <summary>How loops learn that their time is up.</summary>
public enum DeadlineKind
{
    /// <summary>They do not: for kernels that are trusted to end.</summary>
    None,

    /// <summary>They compare <c>%globaltimer</c> (nanoseconds, PTX ISA 10.28) with a hidden parameter.</summary>
    GlobalTimer,

    /// <summary>They read a 32-bit flag in device memory, whose address is a hidden parameter.</summary>
    Flag,
}
