namespace TensorWasm.Cli;

/// <summary>What the process answers. A guest that ran to its end answers with its own code instead.</summary>
internal static class ExitCodes
{
    internal const int Success = 0;

    /// <summary>The module can't be read, is wrong, or can't be run; a script has failures.</summary>
    internal const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>The server does not offer that.</summary>
    internal const int NotOffered = 3;

    /// <summary>A bug in this program: EX_SOFTWARE of sysexits.h.</summary>
    internal const int Internal = 70;

    /// <summary>A signal's number is added to this, as shells do.</summary>
    internal const int SignalBase = 128;

    /// <summary>The guest trapped: 128 + SIGABRT, as other WebAssembly runtimes answer.</summary>
    internal const int Trap = SignalBase + 6;

    /// <summary>Ctrl-C: 128 + SIGINT.</summary>
    internal const int Interrupted = SignalBase + 2;

    /// <summary>The reader of standard output went away: 128 + SIGPIPE.</summary>
    internal const int BrokenPipe = SignalBase + 13;
}
