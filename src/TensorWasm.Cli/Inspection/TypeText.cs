using System.Globalization;
using TensorWasm.Wasm;

namespace TensorWasm.Cli;

/// <summary>The types of imports and exports in a few words.</summary>
internal static class TypeText
{
    internal static string NameOf(ExternalKind kind) => kind switch
    {
        ExternalKind.Function => "function",
        ExternalKind.Table => "table",
        ExternalKind.Memory => "memory",
        ExternalKind.Global => "global",
        _ => "tag",
    };

    internal static string Of(WasmModule module, ExternalKind kind, int index) => kind switch
    {
        ExternalKind.Function => module.FunctionTypeOf(index).ToString(),
        ExternalKind.Table => Of(module.Tables[index]),
        ExternalKind.Memory => Of(module.Memories[index]),
        ExternalKind.Global => (module.Globals[index].IsMutable ? "mut " : "") + module.Globals[index].Type,
        _ => ((FunctionType)module.Types[module.Tags[index]].Composite).ToString(),
    };

    internal static string Of(MemoryType type) =>
        $"{Of(type.Limits, "page")}{(type.Limits.Is64 ? ", 64-bit" : "")}{(type.IsShared ? ", shared" : "")}";

    internal static string Of(TableType type) =>
        $"{Of(type.Limits, "element")} of {type.Element}{(type.Limits.Is64 ? ", 64-bit" : "")}";

    internal static string Count(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    private static string Of(Limits limits, string noun) => limits.Maximum is { } maximum
        ? string.Create(CultureInfo.InvariantCulture, $"{limits.Minimum:N0} to {maximum:N0} {noun}s")
        : string.Create(CultureInfo.InvariantCulture, $"{limits.Minimum:N0} {noun}{(limits.Minimum == 1 ? "" : "s")} or more");
}
