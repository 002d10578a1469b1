namespace TensorWasm.Runtime;

/// <summary>Where sandboxes come from: made anew, taken from a warm pool, or restored from a snapshot.</summary>
public interface ISandboxSource
{
    /// <summary>
    /// A sandbox that no other invocation uses. No guest code has run in it for another invocation's sake.
    /// </summary>
    public Sandbox Create(SandboxRequest request);
}
