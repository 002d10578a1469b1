using System.ComponentModel;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>Table instructions (specification, section 4.6.9). For compiled code only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TableOperations
{
    /// <summary><c>table.get</c></summary>
    public static object? Get(ulong index, Table table) => table.Get(index);

    /// <summary><c>table.set</c></summary>
    public static void Set(ulong index, object? value, Table table) => table.Set(index, value);

    /// <summary><c>table.size</c></summary>
    public static long Size(Table table) => table.Size;

    /// <summary><c>table.grow</c></summary>
    public static long Grow(object? value, ulong delta, Table table) => table.GrowUnchecked(delta, value);

    /// <summary><c>table.fill</c></summary>
    public static void Fill(ulong start, object? value, ulong count, Table table) => table.Fill(start, value, count);

    /// <summary><c>table.copy</c></summary>
    public static void Copy(ulong destination, ulong source, ulong count, Table to, Table from) =>
        to.CopyFrom(from, destination, source, count);

    /// <summary><c>table.init</c></summary>
    public static void Init(
        ulong destination, ulong source, ulong count, Table table, InstanceContext context, int segment) =>
        table.Init(context.Instance.ElementsOf(segment), destination, source, count);

    /// <summary><c>elem.drop</c></summary>
    public static void DropElements(InstanceContext context, int segment) => context.Instance.DropElements(segment);
}
