namespace TensorWasm.Runtime;

/// <summary>Where a job stands. The numbers are stored.</summary>
public enum JobStatus
{
    /// <summary>It is accepted, and waits to run.</summary>
    Pending = 0,

    /// <summary>It runs.</summary>
    Running = 1,

    /// <summary>The guest returned.</summary>
    Completed = 2,

    /// <summary>The guest failed, or could not be run.</summary>
    Failed = 3,

    /// <summary>It was cancelled before it had finished.</summary>
    Cancelled = 4,
}
