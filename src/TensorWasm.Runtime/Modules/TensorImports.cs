using TensorWasm.Engine;

namespace TensorWasm.Runtime;

/// <summary><c>wasi:tensor/host</c>: output while the guest runs, and the invocation's input.</summary>
internal static class TensorImports
{
    private const int BadPointer = -2;

    private static readonly string[] Modules = ["wasi:tensor/host", "wasi:tensor/host@0.1.0"];

    internal static void AddTo(Linker linker)
    {
        foreach (var module in Modules)
        {
            linker.DefineFunction(module, "emit-chunk", (Func<Caller, int, int, int>)Emit);
            linker.DefineFunction(module, "flush", (Func<Caller, int>)Flush);
            linker.DefineFunction(module, "input-len", (Func<Caller, int>)InputLength);
            linker.DefineFunction(module, "read-input", (Func<Caller, int, int, int>)ReadInput);
        }
    }

    private static int Emit(Caller caller, int pointer, int length)
    {
        var session = GuestSession.Of(caller.Store);
        if (session.Output is not { } output) return (int)EmitStatus.Off;
        return caller.TryGetSpan((uint)pointer, length, out var bytes)
            ? (int)output.Emit(bytes, caller.Store.Interrupted)
            : BadPointer;
    }

    /// <summary>Every chunk goes out at once, so there is nothing to flush.</summary>
    private static int Flush(Caller caller) =>
        GuestSession.Of(caller.Store).Output is null ? (int)EmitStatus.Off : (int)EmitStatus.Ok;

    private static int InputLength(Caller caller) => GuestSession.Of(caller.Store).Input.Length;

    private static int ReadInput(Caller caller, int pointer, int length)
    {
        var input = GuestSession.Of(caller.Store).Input.Span;
        if (length < 0 || !caller.TryGetSpan((uint)pointer, Math.Min(length, input.Length), out var bytes)) return BadPointer;
        input[..bytes.Length].CopyTo(bytes);
        return bytes.Length;
    }
}
