using TensorWasm.Engine;
using TensorWasm.Wasm;

namespace TensorWasm.Runtime;

/// <summary>What goes wrong below, as errors of the runtime.</summary>
internal static class RuntimeFailure
{
    /// <summary>The error that an exception means; null for one that must not happen.</summary>
    internal static RuntimeError? Of(Exception exception) => exception switch
    {
        StateUnavailableException { IsDiskFull: true } => DiskFull,
        IOException e when FullDisk.IsReason(e) => DiskFull,
        StateUnavailableException e => new RuntimeError(RuntimeErrorKind.StateUnavailable, Sentence(e.Message)),
        WasmException e => new RuntimeError(RuntimeErrorKind.InvalidModule, $"The module is invalid: {e.Message}."),
        UnsupportedFeatureException e =>
            new RuntimeError(RuntimeErrorKind.UnsupportedModule, $"The module can't be run: {e.Message}."),
        InvalidDataException => new RuntimeError(RuntimeErrorKind.BlobUnavailable, "A stored blob is damaged."),
        IOException or UnauthorizedAccessException =>
            new RuntimeError(RuntimeErrorKind.BlobUnavailable, "Stored bytes can't be read or written."),
        _ => null,
    };

    /// <summary>Does work, and answers with the error of what goes wrong below.</summary>
    internal static async Task<Outcome<T>> GuardAsync<T>(Func<Task<Outcome<T>>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (Of(e) is { } error)
        {
            return error;
        }
    }

    private static RuntimeError DiskFull { get; } =
        new(RuntimeErrorKind.DiskFull, "The server's disk is full; nothing was stored.");

    private static string Sentence(string text) =>
        text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..] + (text.EndsWith('.') ? "" : ".");
}
