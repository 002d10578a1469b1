namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Objects that compiled code refers to.</summary>
internal sealed class CodeConstants
{
    private readonly List<LaneOperation> _operations = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Operations on one thread's values, by number.</summary>
    internal LaneOperation[] Operations = [];

    /// <summary>Numbers an operation; those of one key are the same.</summary>
    internal int Add(string key, Func<LaneOperation> make)
    {
        if (!_numbers.TryGetValue(key, out int number))
        {
            _numbers.Add(key, number = _operations.Count);
            _operations.Add(make());
            Operations = [.. _operations];
        }

        return number;
    }
}
