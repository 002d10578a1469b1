namespace TensorWasm.Wasm;

/// <summary>A custom section (section 5.5.3): ignored by execution.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="After">The id of the section that it follows, 0 at the start.</param>
public sealed record CustomSection(string Name, ReadOnlyMemory<byte> Bytes, byte After);
