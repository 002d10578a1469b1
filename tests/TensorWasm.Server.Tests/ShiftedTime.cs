namespace TensorWasm.Server.Tests;

/// <summary>The system's clock, moved: what a clock jump looks like.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    internal TimeSpan Offset { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
}
