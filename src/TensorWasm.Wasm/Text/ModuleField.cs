namespace TensorWasm.Wasm.Text;

/// <summary>A field of a module that the first pass has seen.</summary>
/// <param name="Keyword">Which kind, as the text has it.</param>
/// <param name="Start">The offset of its parenthesis.</param>
internal readonly record struct ModuleField(FieldKeyword Keyword, int Start);
