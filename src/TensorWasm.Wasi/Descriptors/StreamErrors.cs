namespace TensorWasm.Wasi;

/// <summary>Which exceptions a stream may throw by its contract: a guest sees those as EIO; a bug shows.</summary>
internal static class StreamErrors
{
    public static bool IsExpected(Exception exception) =>
        exception is IOException or ObjectDisposedException or OperationCanceledException or NotSupportedException
            or UnauthorizedAccessException ||
        (exception is AggregateException aggregate && aggregate.InnerExceptions.All(IsExpected));
}
