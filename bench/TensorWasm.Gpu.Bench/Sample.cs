using System.Runtime.InteropServices;

namespace TensorWasm.Gpu.Bench;

/// <summary>A sample kernel with its data, and the same as a loop.</summary>
internal abstract class Sample(string name, string kernel)
{
    public string Name { get; } = name;

    /// <summary>The folder of the sample; the name when they are the same.</summary>
    public string Folder { get; init; } = name;

    public string Kernel { get; } = kernel;

    public abstract LaunchShape Shape { get; }

    /// <summary>Largest difference between device and loop, relative to the larger of both and 1.</summary>
    public float Tolerance { get; init; }

    /// <summary>The arguments: arrays become buffers, numbers go as they are.</summary>
    public abstract object[] Arguments { get; }

    /// <summary>Which argument the kernel's result is in.</summary>
    public abstract int ResultIndex { get; }

    /// <summary>The loop's result.</summary>
    public abstract Array Result { get; }

    /// <summary>Whether the device's result is cleared before each launch, as the loop's is.</summary>
    public bool Accumulates { get; init; }

    public abstract void RunPlain();


    public static ReadOnlySpan<byte> BytesOf(Array values) => values switch
    {
        float[] v => MemoryMarshal.AsBytes<float>(v),
        uint[] v => MemoryMarshal.AsBytes<uint>(v),
        Half[] v => MemoryMarshal.AsBytes<Half>(v),
        byte[] v => v,
        _ => throw new NotSupportedException(values.GetType().Name),
    };
}
