using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>Whether what is offered matches what is imported (specification, section 3.4.9, "Import Matching").</summary>
internal static class Linking
{
    internal static ResolvedType Resolve(ValueType type, IReadOnlyList<DefinedType> types) =>
        new(type, type.IsReference && type.Heap.IsIndex ? types[type.Heap.Index] : null);

    /// <summary>
    /// The store whose limits, interruption and memory an item depends on; null if on none. An instance of another store
    /// must not use it: that store may be disposed, and its stack limit is not that of the thread.
    /// </summary>
    internal static Store? StoreOf(IExternal item) => item switch
    {
        Function function => function.Home,
        Memory memory => memory.Store,
        Table table => table.Store,
        Global global => global.Home,
        _ => null,
    };

    /// <summary>Why an item does not match an import; null if it does.</summary>
    internal static string? Mismatch(WasmModule module, Import import, IExternal item)
    {
        if (item.Kind != import.Kind) return $"the import is a {Name(import.Kind)}, but a {Name(item.Kind)} is offered";
        return item switch
        {
            Function function => MismatchOf(function, module.DefinedTypes[module.Functions[import.Index]]),
            Memory memory => MismatchOf(memory, module.Memories[import.Index]),
            Table table => MismatchOf(table, module.Tables[import.Index], module.DefinedTypes),
            Global global => MismatchOf(global, module.Globals[import.Index], module.DefinedTypes),
            Tag tag when ReferenceEquals(tag.DefinedType, module.DefinedTypes[module.Tags[import.Index]]) => null,
            _ => "the tag carries other types",
        };
    }

    private static string? MismatchOf(Function function, DefinedType expected) =>
        function.DefinedType.IsSubtypeOf(expected)
            ? null
            : $"the import has type {(FunctionType)expected.Composite}, the function offered {function.Type}";

    private static string? MismatchOf(Memory memory, MemoryType expected)
    {
        if (memory.Type.IsShared != expected.IsShared) return "one is a shared memory, the other is not";
        return MismatchOf("memory", memory.PageCount, memory.Type.Limits, expected.Limits);
    }

    private static string? MismatchOf(Table table, TableType expected, IReadOnlyList<DefinedType> types)
    {
        var element = Resolve(expected.Element, types);
        if (!table.Element.Matches(element) || !element.Matches(table.Element))
        {
            return $"the import's elements are {expected.Element}, those of the table offered {table.Element.Type}";
        }
        return MismatchOf("table", (ulong)table.Size, table.Type.Limits, expected.Limits);
    }

    private static string? MismatchOf(Global global, GlobalType expected, IReadOnlyList<DefinedType> types)
    {
        var type = Resolve(expected.Type, types);
        if (global.Type.IsMutable != expected.IsMutable) return "one is mutable, the other is not";
        var matches = global.Resolved.Matches(type) && (!expected.IsMutable || type.Matches(global.Resolved));
        return matches ? null : $"the import is a {expected.Type}, the global offered a {global.Type.Type}";
    }

    private static string? MismatchOf(string what, ulong size, Limits offered, Limits expected)
    {
        if (offered.Is64 != expected.Is64) return $"the {what}s have addresses of different widths";
        if (size < expected.Minimum) return $"the import needs a size of {expected.Minimum}, the {what} offered has {size}";
        if (expected.Maximum is { } maximum && !(offered.Maximum <= maximum))
        {
            return $"the import's maximum is {maximum}, that of the {what} offered {offered.Maximum?.ToString() ?? "none"}";
        }
        return null;
    }

    private static string Name(ExternalKind kind) => kind switch
    {
        ExternalKind.Function => "function",
        ExternalKind.Table => "table",
        ExternalKind.Memory => "memory",
        ExternalKind.Global => "global",
        _ => "tag",
    };
}
