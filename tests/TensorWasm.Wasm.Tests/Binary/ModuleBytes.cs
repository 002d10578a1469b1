namespace TensorWasm.Wasm.Tests.Binary;

/// <summary>Modules put together by hand, with section sizes counted.</summary>
internal static class ModuleBytes
{
    public static byte[] Of(params IEnumerable<byte[]> sections) =>
        [0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00, .. sections.SelectMany(section => section)];

    public static byte[] Section(byte id, params byte[] content) => [id, .. Leb((uint)content.Length), .. content];

    public static byte[] Leb(uint value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    /// <summary>The type section with <c>[] -> []</c> as type 0.</summary>
    public static byte[] EmptyFunctionType => Section(1, 1, 0x60, 0, 0);

    /// <summary>A module of one function of type 0, of the instructions given and <c>end</c>.</summary>
    public static byte[] OfFunction(byte[] code, byte[]? locals = null, byte[]? types = null, byte[]? rest = null)
    {
        byte[] body = [.. locals ?? [0], .. code, 0x0B];
        return Of(
            types ?? EmptyFunctionType,
            Section(3, 1, 0),
            rest ?? [],
            Section(10, [1, .. Leb((uint)body.Length), .. body]));
    }

    public static byte[] Repeat(int count, params byte[] bytes)
    {
        var result = new byte[count * bytes.Length];
        for (var i = 0; i < count; i++) bytes.CopyTo(result, i * bytes.Length);
        return result;
    }
}
