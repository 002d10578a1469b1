namespace TensorWasm.Ptx.Isa;

/// <summary>Names of state spaces.</summary>
internal static class StateSpaces
{
    public static StateSpace Parse(string? name) => name switch
    {
        "global" => StateSpace.Global,
        "shared" or "shared::cta" => StateSpace.Shared,
        "local" => StateSpace.Local,
        "param" or "param::entry" or "param::func" => StateSpace.Param,
        "const" => StateSpace.Const,
        _ => StateSpace.Generic,
    };

    public static string Name(this StateSpace space) => space switch
    {
        StateSpace.Global => "global",
        StateSpace.Shared => "shared",
        StateSpace.Local => "local",
        StateSpace.Param => "param",
        StateSpace.Const => "const",
        _ => "generic",
    };
}
