namespace TensorWasm.Engine;

/// <summary>
/// Who calls a host function: the instance that imported it. A host function that wants to know takes it as its first
/// parameter. It can't be stored, and neither can spans that it gives out.
/// </summary>
public readonly ref struct Caller
{
    /// <summary>For compiled code only.</summary>
    public Caller(Instance instance) => Instance = instance;

    /// <summary>The instance that imported the function.</summary>
    public Instance Instance { get; }

    /// <summary>The instance's store.</summary>
    public Store Store => Instance.Store;

    /// <summary>An exported memory of the instance, or null.</summary>
    public Memory? GetMemory(string name = "memory") => Instance.GetMemory(name);

    /// <summary>An exported function of the instance, or null.</summary>
    public Function? GetFunction(string name) => Instance.GetFunction(name);

    /// <summary>Bytes of the exported memory "memory", in place. They stay where they are while the host function runs.</summary>
    /// <exception cref="TrapException">There is no such memory, or the range is out of bounds.</exception>
    public Span<byte> GetSpan(ulong address, int length) =>
        TryGetSpan(address, length, out var span) ? span : throw new TrapException(TrapCode.MemoryOutOfBounds);

    /// <summary>Bytes of the exported memory "memory", in place; false when out of bounds or there is no such memory.</summary>
    public bool TryGetSpan(ulong address, int length, out Span<byte> span)
    {
        if (Instance.DefaultMemory is { } memory) return memory.TryGetSpan(address, length, out span);
        span = default;
        return false;
    }
}
