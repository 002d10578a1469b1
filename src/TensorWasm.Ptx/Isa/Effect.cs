namespace TensorWasm.Ptx.Isa;

/// <summary>What an instruction does beyond computing registers.</summary>
public enum Effect
{
    /// <summary>Nothing: its results depend on its operands only.</summary>
    None,

    /// <summary>Reads or writes the carry flag (PTX ISA 9.7.2).</summary>
    Carry,

    /// <summary>Converts between generic and space addresses (PTX ISA 9.7.8.20).</summary>
    Address,

    /// <summary>Reads memory.</summary>
    Load,

    /// <summary>Writes memory.</summary>
    Store,

    /// <summary>Reads and writes memory, with a result.</summary>
    Atomic,

    /// <summary>Reads and writes memory, without a result.</summary>
    Reduction,

    /// <summary>Touches memory without a result.</summary>
    Prefetch,

    /// <summary>Copies global to shared memory (<c>cp.async</c>).</summary>
    Copy,

    /// <summary>Reads 16-byte rows of shared memory (<c>ldmatrix</c>).</summary>
    MatrixLoad,

    /// <summary>Writes 16-byte rows of shared memory (<c>stmatrix</c>).</summary>
    MatrixStore,

    /// <summary>Reads shared memory through descriptors.</summary>
    Wgmma,

    /// <summary>Orders <c>wgmma</c> operations.</summary>
    WgmmaSync,

    /// <summary>Waits for threads of the block.</summary>
    Barrier,

    /// <summary>Exchanges values among the threads of a warp.</summary>
    Warp,

    /// <summary>Orders memory accesses.</summary>
    Sync,

    /// <summary>Jumps.</summary>
    Branch,

    /// <summary>Jumps through a table.</summary>
    BranchTable,

    /// <summary>Returns from a function, or ends a kernel's thread.</summary>
    Return,

    /// <summary>Ends the thread.</summary>
    Exit,

    /// <summary>Stops the context on hardware; a pass replaces it.</summary>
    Trap,
}
