namespace TensorWasm.Wasm;

/// <summary>A section of a module in the binary format (section 5.5.2).</summary>
/// <param name="Name">What the specification calls it; the section's own name if it is a custom one.</param>
/// <param name="IsCustom">Whether it is a custom section.</param>
/// <param name="Offset">Where its content begins in the module's bytes.</param>
/// <param name="Size">The bytes of its content, without id and size.</param>
public sealed record SectionSize(string Name, bool IsCustom, int Offset, int Size);
