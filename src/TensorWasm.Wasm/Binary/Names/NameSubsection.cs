namespace TensorWasm.Wasm;

/// <summary>The subsections of the name section (section 7.4.1 and the extended-name-section proposal).</summary>
internal enum NameSubsection : byte
{
    Module = 0,
    Functions = 1,
    Locals = 2,
    Labels = 3,
    Types = 4,
    Tables = 5,
    Memories = 6,
    Globals = 7,
    Elements = 8,
    Data = 9,
    Fields = 10,
    Tags = 11,
}
