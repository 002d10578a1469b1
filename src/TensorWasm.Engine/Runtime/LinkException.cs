namespace TensorWasm.Engine;

/// <summary>
/// An import is not there or does not match (specification, section 4.7.4). <see cref="Reason"/> uses the words of the
/// specification's tests.
/// </summary>
public sealed class LinkException : Exception
{
    /// <summary>Creates the error.</summary>
    public LinkException(string reason, string module, string name, string detail)
        : base($"{reason}: {module}.{name}: {detail}")
    {
        Reason = reason;
        Module = module;
        Name = name;
    }

    /// <summary>"unknown import" or "incompatible import type".</summary>
    public string Reason { get; }

    /// <summary>The import's module name.</summary>
    public string Module { get; }

    /// <summary>The import's item name.</summary>
    public string Name { get; }
}
