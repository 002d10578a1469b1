using System.Diagnostics;
using System.Globalization;

namespace TensorWasm.Cli;

/// <summary>Tells a person at a terminal that something still runs, and how long already; quiet where nobody looks.</summary>
internal sealed class WaitProgress : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TextWriter? _terminal;
    private readonly string _what;
    private readonly Lock _lock = new();
    private readonly Timer? _timer;
    private bool _isShown;
    private bool _isOver;

    internal WaitProgress(CliContext context, string what)
    {
        _what = what;
        if (!context.IsErrorTerminal) return;
        _terminal = context.Error;
        _timer = new Timer(_ => Show(), null, Patience, TimeSpan.FromMilliseconds(500));
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            if (_isOver) return;
            _isOver = true;
            if (!_isShown) return;
            _terminal!.Write("\r\u001b[K");
            _terminal.Flush();
        }
    }

    private void Show()
    {
        lock (_lock)
        {
            // The last tick may come late.
            if (_isOver) return;
            _isShown = true;
            var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
            _terminal!.Write(string.Create(CultureInfo.InvariantCulture, $"\r\u001b[K{_what}, {seconds:F0} s"));
            _terminal.Flush();
        }
    }
}
