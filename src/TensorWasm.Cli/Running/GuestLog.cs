using TensorWasm.Host;

namespace TensorWasm.Cli;

/// <summary>A guest's log records on standard error, as they come.</summary>
internal static class GuestLog
{
    internal static InvocationTrace CreateTrace(CliContext context)
    {
        var time = TimeProvider.System;
        return new InvocationTrace(time, time.GetTimestamp()) { Logged = log => Write(context, log) };
    }

    private static void Write(CliContext context, TraceLog log)
    {
        var about = log.Context is null ? "" : $"{log.Context}: ";
        var line = $"{log.Level.ToString().ToLowerInvariant()}: {about}{log.Message}";
        try
        {
            context.Error.WriteLine(Printable.Escape(line));
            context.Error.Flush();
        }
        catch (IOException)
        {
            // Nobody reads it.
        }
    }
}
