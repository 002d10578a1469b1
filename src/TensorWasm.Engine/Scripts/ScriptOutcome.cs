namespace TensorWasm.Engine.Scripts;

/// <summary>How a command of a script ended.</summary>
public enum ScriptOutcome
{
    /// <summary>As the script expects.</summary>
    Passed,

    /// <summary>Otherwise.</summary>
    Failed,

    /// <summary>Not run: it, or a module that it needs, uses a feature that the engine does not run.</summary>
    Skipped,
}
