using System.Runtime.InteropServices;

namespace TensorWasm.Gpu.Cpu.Execution;

/// <summary>Native memory that grows, aligned to 128 bytes, without keeping its contents.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 128;
    private long _bytes;

    internal NativeBuffer(long bytes = 64) => Reserve(bytes);

    internal byte* Start { get; private set; }

    /// <summary>Makes it at least so large.</summary>
    internal byte* Reserve(long bytes)
    {
        if (bytes > _bytes)
        {
            NativeMemory.AlignedFree(Start);
            Start = null;
            _bytes = 0;
            Start = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
            _bytes = bytes;
        }

        return Start;
    }

    /// <summary>Makes it at least so large, and all of it zero.</summary>
    internal byte* Clear(long bytes)
    {
        Reserve(bytes);
        NativeMemory.Clear(Start, (nuint)_bytes);
        return Start;
    }

    /// <summary>Puts bytes into it.</summary>
    internal byte* Fill(ReadOnlySpan<byte> contents)
    {
        Reserve(contents.Length);
        contents.CopyTo(new Span<byte>(Start, contents.Length));
        return Start;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Start);
        Start = null;
        _bytes = 0;
    }
}
