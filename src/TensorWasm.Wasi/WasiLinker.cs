using System.Linq.Expressions;
using TensorWasm.Engine;
using TensorWasm.Wasm;
using ValueType = TensorWasm.Wasm.ValueType;

namespace TensorWasm.Wasi;

/// <summary>Offers WASI to the modules that a linker links.</summary>
public static class WasiLinker
{
    /// <summary>
    /// Offers <c>wasi_snapshot_preview1</c> and the older <c>wasi_unstable</c> for any number of stores. Fill a
    /// linker so once, and give each store a context of its own.
    /// </summary>
    /// <param name="linker">The linker.</param>
    /// <param name="find">
    /// Finds a store's context, such as <c>store => (WasiContext)store.Data!</c>. It runs at every call.
    /// </param>
    public static Linker AddWasi(this Linker linker, Func<Store, WasiContext> find)
    {
        ArgumentNullException.ThrowIfNull(linker);
        ArgumentNullException.ThrowIfNull(find);
        WasiImports.AddTo(linker, find);
        return linker;
    }

    /// <summary>
    /// Lets a module start that imports functions of a WASI module which the specification does not have, or not
    /// with that type, such as the socket functions that WasmEdge added: each answers <c>nosys</c>. Call it after
    /// <see cref="AddWasi"/>, with a linker for this module alone, as the names then mean what this module says.
    /// </summary>
    /// <returns>The names of those functions.</returns>
    public static IReadOnlyList<string> AddMissingWasi(this Linker linker, Module module)
    {
        ArgumentNullException.ThrowIfNull(linker);
        ArgumentNullException.ThrowIfNull(module);
        List<string> added = [];
        WasmModule definition = module.Definition;
        foreach (Import import in module.Imports)
        {
            if (import.Kind != ExternalKind.Function || !WasiImports.IsModuleName(import.Module))
                continue;
            DefinedType wanted = definition.DefinedTypes[definition.Functions[import.Index]];
            if (linker.Find(import.Module, import.Name) is Function function &&
                function.DefinedType.IsSubtypeOf(wanted))
            {
                continue;
            }

            if (CreateUnsupported(definition.FunctionTypeOf(import.Index)) is { } callback)
            {
                linker.DefineFunction(import.Module, import.Name, callback);
                added.Add(import.Name);
            }
        }

        return added;
    }

    /// <summary>A delegate that answers an error number, or null where the type has no place for one.</summary>
    private static Delegate? CreateUnsupported(FunctionType type)
    {
        if (type.Results.Count != 1 || type.Results[0] != ValueType.I32)
            return null;
        List<ParameterExpression> parameters = [];
        foreach (ValueType parameter in type.Parameters)
        {
            Type? clr = parameter == ValueType.I32 ? typeof(int)
                : parameter == ValueType.I64 ? typeof(long)
                : parameter == ValueType.F32 ? typeof(float)
                : parameter == ValueType.F64 ? typeof(double)
                : null;
            if (clr is null)
                return null;
            parameters.Add(Expression.Parameter(clr));
        }

        return Expression.Lambda(Expression.Constant((int)Errno.NoSys), parameters).Compile();
    }
}
