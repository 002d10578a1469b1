using System.Text;

namespace TensorWasm.Bench.Boundary;

/// <summary>The small guests that the boundary is measured with.</summary>
internal static class Guests
{
    /// <summary>A function of each kind that a call is timed through.</summary>
    public const string Calls = """
        (module
          (import "host" "add" (func $host (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
          (func (export "call_host") (param $n i32) (result i32) (local $sum i32)
            (loop $again
              (local.set $sum (call $host (local.get $sum) (local.get $n)))
              (local.set $n (i32.sub (local.get $n) (i32.const 1)))
              (br_if $again (local.get $n)))
            (local.get $sum)))
        """;

    /// <summary>A module that does almost nothing, with one page of memory.</summary>
    public const string OnePage = """
        (module
          (memory (export "memory") 1)
          (global $calls (mut i32) (i32.const 0))
          (data (i32.const 1024) "some initial data")
          (func (export "touch") (result i32)
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (i32.load8_u (i32.const 1024))))
        """;

    /// <summary>Guests that never end by themselves.</summary>
    public const string Endless = """
        (module
          (import "host" "nothing" (func $nothing))
          (func (export "loop") (loop $again (br $again)))
          (func $tree (param i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
            (i32.add (call $tree (i32.sub (local.get 0) (i32.const 1))) (call $tree (i32.sub (local.get 0) (i32.const 1)))))
          (func (export "recursion") (drop (call $tree (i32.const 200))))
          (func (export "host calls") (loop $again (call $nothing) (br $again)))
          (func $deeper (export "deeper") (call $deeper) (call $nothing)))
        """;

    /// <summary>Has a data segment that fills a memory of 64 MiB, in the binary format.</summary>
    public static byte[] Image64MiB()
    {
        const int Size = 64 << 20;
        using var module = new MemoryStream();
        module.Write("\0asm\u0001\0\0\0"u8);
        Section(5, [0x01, 0x00, .. Leb(Size >> 16)]);
        Section(7, [0x01, 0x06, .. "memory"u8, 0x02, 0x00]);
        byte[] head = [0x01, 0x00, 0x41, 0x00, 0x0b, .. Leb(Size)];
        var data = new byte[head.Length + Size];
        head.CopyTo(data, 0);
        new Random(1).NextBytes(data.AsSpan(head.Length));
        Section(11, data);
        return module.ToArray();

        void Section(byte id, byte[] body)
        {
            module.WriteByte(id);
            module.Write(Leb(body.Length));
            module.Write(body);
        }
    }

    public static byte[] Binary(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Leb(int value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
