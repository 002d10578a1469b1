namespace TensorWasm.Server;

/// <summary>How a caller proved who they are.</summary>
internal enum CallerKind
{
    /// <summary>Not at all.</summary>
    Anonymous,

    /// <summary>Development mode asks nobody.</summary>
    Development,

    /// <summary>A bearer token.</summary>
    Bearer,
}
