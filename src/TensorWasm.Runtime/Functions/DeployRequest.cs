namespace TensorWasm.Runtime;

/// <summary>A module to be deployed as a new function.</summary>
public sealed record DeployRequest
{
    /// <summary>Whose function it becomes.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The function's name: 1 to 128 characters, none of them a control character.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The module, in the binary or the text format. The bytes must stay as they are until the call returns.
    /// </summary>
    public required ReadOnlyMemory<byte> Module { get; init; }

    /// <summary>How it runs.</summary>
    public FunctionSettings Settings { get; init; } = FunctionSettings.Default;

    /// <summary>
    /// Whether a function of the tenant that has the same name, module and settings is answered in place of a new one.
    /// </summary>
    public bool ReuseIdentical { get; init; }
}
