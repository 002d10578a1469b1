namespace TensorWasm.Host;

/// <summary>A guest's log record.</summary>
/// <param name="Time">When, since the invocation began.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Message">The guest's words, which may be anything.</param>
/// <param name="Context">What it is about, in the guest's words; null where the guest did not say.</param>
/// <param name="Span">The index of the span in which it was written; null for none.</param>
public sealed record TraceLog(TimeSpan Time, TraceLevel Level, string Message, string? Context, int? Span);
