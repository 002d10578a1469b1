using System.Text;

namespace TensorWasm.Runtime.Tests;

/// <summary>Guests as text.</summary>
internal static class Guests
{
    internal static ReadOnlyMemory<byte> Add { get; } = Text("""
        (module (func (export "main") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
        """);

    internal static ReadOnlyMemory<byte> Loop { get; } = Text("""(module (func (export "main") (loop (br 0))))""");

    /// <summary>Returns a number; different numbers make different modules.</summary>
    internal static ReadOnlyMemory<byte> Constant(int number) =>
        Text($"""(module (func (export "main") (result i32) (i32.const {number})))""");

    internal static ReadOnlyMemory<byte> Text(string wat) => Encoding.UTF8.GetBytes(wat);
}
