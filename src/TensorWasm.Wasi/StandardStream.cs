namespace TensorWasm.Wasi;

/// <summary>What a guest gets as one of its standard streams: nothing, the process's own, or a stream.</summary>
internal readonly record struct StandardStream(bool IsInherited, Stream? Stream);
