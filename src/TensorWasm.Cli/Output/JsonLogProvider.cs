using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace TensorWasm.Cli;

/// <summary>Writes log messages as JSON, one object a line: time, level, event, message, its values and the trace.</summary>
internal sealed class JsonLogProvider(Stream output, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        lock (_lock) output.Flush();
    }

    private void Write(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            output.Write(line);
            output.WriteByte((byte)'\n');
            output.Flush();
        }
    }

    private sealed class Logger(JsonLogProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                writer.WriteStartObject();
                writer.WriteString("time", provider.GetTime());
                writer.WriteString("level", logLevel.ToString());
                writer.WriteString("category", category);
                writer.WriteNumber("event_id", eventId.Id);
                writer.WriteString("event", eventId.Name);
                writer.WriteString("message", formatter(state, exception));
                if (System.Diagnostics.Activity.Current is { } activity)
                {
                    writer.WriteString("trace_id", activity.TraceId.ToHexString());
                    writer.WriteString("span_id", activity.SpanId.ToHexString());
                }
                if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
                {
                    foreach (var (name, value) in values)
                    {
                        if (name != "{OriginalFormat}") writer.WriteString(name, value?.ToString());
                    }
                }
                if (exception is not null) writer.WriteString("exception", exception.ToString());
                writer.WriteEndObject();
            }
            provider.Write(buffer.WrittenSpan);
        }
    }

    private DateTimeOffset GetTime() => time.GetUtcNow();
}
