using TensorWasm.Wasm;

namespace TensorWasm.Runtime;

/// <summary>A call whose function, version, export and arguments were found to be right.</summary>
internal sealed record PreparedCall(
    TenantState Tenant,
    FunctionRecord Function,
    FunctionVersion Version,
    CompiledModule Module,
    string Export,
    FunctionType Type,
    object?[] Arguments);
