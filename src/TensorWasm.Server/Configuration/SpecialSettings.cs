namespace TensorWasm.Server;

/// <summary>Settings whose values depend on others, or that have forms of their own.</summary>
internal static class SpecialSettings
{
    private const double DefaultRate = 100;
    private const int DefaultBurst = 200;

    // Each may come first, and the other one may never come.
    internal static RateLimit WithRate(RateLimit? limit, string text)
    {
        var rate = SettingText.Number(text, 0);
        return new RateLimit(rate, limit?.Burst ?? DefaultBurst);
    }

    internal static RateLimit WithBurst(RateLimit? limit, string text)
    {
        var burst = (int)SettingText.Whole(text, 0, 1_000_000_000);
        return new RateLimit(limit?.PerSecond ?? DefaultRate, burst);
    }

    /// <summary>The limit if it limits: one of its values may have been set to 0, which means none.</summary>
    internal static RateLimit? Effective(RateLimit? limit) => limit is { PerSecond: > 0, Burst: > 0 } ? limit : null;

    internal static string? AuditLog(string text) => text switch
    {
        "" => null,
        "stdout" or "none" => text,
        _ when text.StartsWith("file:", StringComparison.Ordinal) && text.Length > 5 => text,
        _ => throw new FormatException($"'{text}' is none of file:PATH, stdout, none"),
    };

    internal static LogLevel Level(string text) => text.ToUpperInvariant() switch
    {
        "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "INFO" or "INFORMATION" => LogLevel.Information,
        "WARN" or "WARNING" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "OFF" or "NONE" => LogLevel.None,
        _ => throw new FormatException($"'{text}' is none of trace, debug, info, warn, error, off"),
    };
}
