namespace TensorWasm.Wasm;

/// <summary>When a segment is copied to its table or memory (sections 2.5.7 and 2.5.8).</summary>
public enum SegmentMode
{
    /// <summary>By an instruction.</summary>
    Passive,

    /// <summary>At instantiation.</summary>
    Active,

    /// <summary>Never: it only declares functions as referenceable (element segments only).</summary>
    Declarative,
}
