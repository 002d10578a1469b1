using Microsoft.Extensions.Logging;

namespace TensorWasm.Server.LossWorker;

/// <summary>Writes messages to standard error, one a line: the event's name, then the text.</summary>
internal sealed class LineLogProvider : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Console.Error.WriteLine($"{eventId.Name} {formatter(state, exception)} {exception}".ReplaceLineEndings(" "));

    public void Dispose()
    {
    }
}
