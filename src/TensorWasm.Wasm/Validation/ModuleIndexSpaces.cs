namespace TensorWasm.Wasm;

/// <summary>
/// The index spaces of a module by type, ready for code that refers to them; making one checks the types of everything
/// that is imported or defined.
/// </summary>
internal sealed class ModuleIndexSpaces
{
    private const ulong MaxTable32Size = uint.MaxValue;

    private readonly bool[] _declared;

    internal ModuleIndexSpaces(ModuleContext context)
    {
        var module = context.Module;
        Functions = new Signature[module.Functions.Count];
        for (var i = 0; i < Functions.Length; i++)
        {
            Functions[i] = context.SignatureAt((uint)module.Functions[i], -1);
        }
        _declared = new bool[Functions.Length];

        Tags = new StackType[module.Tags.Count][];
        for (var i = 0; i < Tags.Length; i++)
        {
            var tag = context.SignatureAt((uint)module.Tags[i], -1);
            if (tag.Results.Length > 0) throw new WasmValidationException("non-empty tag result type");
            Tags[i] = tag.Parameters;
        }

        Memories = new StackType[module.Memories.Count];
        if (Memories.Length > WasmLimits.MaxMemories)
        {
            throw new WasmValidationException($"too many memories, the limit is {WasmLimits.MaxMemories}");
        }
        for (var i = 0; i < Memories.Length; i++) Memories[i] = Check(module.Memories[i]);

        Tables = new (StackType, StackType)[module.Tables.Count];
        for (var i = 0; i < Tables.Length; i++) Tables[i] = Check(module.Tables[i], context);

        Globals = new (StackType, bool)[module.Globals.Count];
        for (var i = 0; i < Globals.Length; i++)
        {
            Globals[i] = (context.Convert(module.Globals[i].Type), module.Globals[i].IsMutable);
        }

        Elements = new StackType[module.Elements.Count];
        for (var i = 0; i < Elements.Length; i++) Elements[i] = context.Convert(module.Elements[i].Type);
    }

    internal Signature[] Functions { get; }

    /// <summary>The parameters of each tag.</summary>
    internal StackType[][] Tags { get; }

    /// <summary>The address type of each memory.</summary>
    internal StackType[] Memories { get; }

    internal (StackType Element, StackType Address)[] Tables { get; }

    internal (StackType Type, bool IsMutable)[] Globals { get; }

    internal StackType[] Elements { get; }

    /// <summary>Notes that a function occurs outside of function bodies, so that they may refer to it.</summary>
    internal void Declare(int function) => _declared[function] = true;

    internal bool IsDeclared(int function) => _declared[function];

    private static StackType Check(MemoryType memory)
    {
        var is64 = memory.Limits.Is64;
        Check(
            memory.Limits,
            is64 ? WasmLimits.MaxMemory64Pages : WasmLimits.MaxMemory32Pages,
            is64 ? "memory size must be at most 2^48 pages (256 TiB)" : "memory size must be at most 65536 pages (4GiB)");
        if (memory.IsShared && memory.Limits.Maximum is null)
        {
            throw new WasmValidationException("shared memory must have maximum");
        }
        return AddressOf(memory.Limits);
    }

    private static (StackType Element, StackType Address) Check(TableType table, ModuleContext context)
    {
        var element = context.Convert(table.Element);
        Check(
            table.Limits,
            table.Limits.Is64 ? ulong.MaxValue : MaxTable32Size,
            "table size must be at most 2^32-1");
        return (element, AddressOf(table.Limits));
    }

    private static void Check(Limits limits, ulong range, string reason)
    {
        if (limits.Minimum > range || limits.Maximum > range) throw new WasmValidationException(reason);
        if (limits.Maximum < limits.Minimum)
        {
            throw new WasmValidationException("size minimum must not be greater than maximum");
        }
    }

    private static StackType AddressOf(Limits limits) => limits.Is64 ? StackType.I64 : StackType.I32;
}
