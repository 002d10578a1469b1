namespace TensorWasm.Server;

/// <summary>The encodings' names.</summary>
internal static class ChunkEncodings
{
    internal static ChunkEncoding Of(GatewayRequest request) => request.Http.Request.Query["encoding"].ToString() switch
    {
        "" or "base64" => ChunkEncoding.Base64,
        "utf-8" => ChunkEncoding.Utf8,
        _ => throw JsonFields.Wrong("encoding", "base64 or utf-8"),
    };

    internal static string Name(this ChunkEncoding encoding) => encoding == ChunkEncoding.Utf8 ? "utf-8" : "base64";
}
