namespace TensorWasm.Sandbox.Tests;

/// <summary>A module of one function without parameters or results, "f", and one mutable i32 global, from raw code.</summary>
internal sealed class HostileFunction
{
    private readonly ByteWriter _code = new();

    internal void Code(ReadOnlySpan<byte> bytes) => _code.Bytes(bytes);

    internal byte[] ToModule()
    {
        var module = new ByteWriter();
        module.Bytes([0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]);
        module.Bytes([1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 6, 6, 1, 0x7F, 1, 0x41, 0, 0x0B, 7, 5, 1, 1, (byte)'f', 0, 0]);
        var body = new ByteWriter();
        body.Byte(0);
        body.Bytes(_code.Written);
        body.Byte(0x0B);
        var section = new ByteWriter();
        section.Index(1);
        section.Vector(body.Written);
        module.Byte(10);
        module.Vector(section.Written);
        return module.Written.ToArray();
    }
}
