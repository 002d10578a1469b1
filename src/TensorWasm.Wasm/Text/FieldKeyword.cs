namespace TensorWasm.Wasm.Text;

/// <summary>The kinds of module fields (section 6.6).</summary>
internal enum FieldKeyword : byte
{
    /// <summary>A type definition.</summary>
    Type,

    /// <summary>A recursion group.</summary>
    Rec,

    /// <summary>An import.</summary>
    Import,

    /// <summary>A function.</summary>
    Func,

    /// <summary>A table.</summary>
    Table,

    /// <summary>A memory.</summary>
    Memory,

    /// <summary>A global.</summary>
    Global,

    /// <summary>A tag.</summary>
    Tag,

    /// <summary>An export.</summary>
    Export,

    /// <summary>The start function.</summary>
    Start,

    /// <summary>An element segment.</summary>
    Elem,

    /// <summary>A data segment.</summary>
    Data,
}
