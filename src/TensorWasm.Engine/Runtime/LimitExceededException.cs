namespace TensorWasm.Engine;

/// <summary>An instance needs more than its store's <see cref="StoreLimits"/> allow, or more than the machine has.</summary>
public sealed class LimitExceededException : Exception
{
    /// <summary>Creates the error.</summary>
    public LimitExceededException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
