namespace TensorWasm.Fuzz;

/// <summary>A stream of choices that a seed determines (SplitMix64), on every version of .NET alike.</summary>
internal sealed class Choices(ulong seed)
{
    private ulong _state = seed;

    internal ulong Bits()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number below <paramref name="bound"/>.</summary>
    internal int Below(int bound) => (int)(Bits() % (ulong)bound);

    internal bool OneIn(int count) => Below(count) == 0;

    internal T Of<T>(IReadOnlyList<T> list) => list[Below(list.Count)];

    internal char Of(string letters) => letters[Below(letters.Length)];
}
