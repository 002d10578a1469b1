namespace TensorWasm.Server;

/// <summary>How server-sent events, which are text, hold a guest's bytes.</summary>
internal enum ChunkEncoding
{
    /// <summary>Any bytes.</summary>
    Base64,

    /// <summary>Text, of which no character is split; a guest that emits something else gets an error event.</summary>
    Utf8,
}
