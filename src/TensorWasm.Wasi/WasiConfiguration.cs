using System.Collections.Immutable;
using System.Net.Sockets;

namespace TensorWasm.Wasi;

/// <summary>
/// What a guest is granted. <see cref="Empty"/> grants nothing: no argument, variable, folder, clock, random number
/// or socket; standard input is at its end, and output goes nowhere. Every <c>With</c> method answers a copy with
/// one grant more, so a configuration can be shared and extended from any thread.
/// </summary>
public sealed record WasiConfiguration
{
    private WasiConfiguration()
    {
    }

    /// <summary>No grant at all.</summary>
    public static WasiConfiguration Empty { get; } = new();

    /// <summary>Arguments; the first is the program's name by convention.</summary>
    public ImmutableArray<string> Arguments { get; private init; } = [];

    /// <summary>Environment variables.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; private init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Granted folders, which become the descriptors from 3.</summary>
    public ImmutableArray<WasiFolder> Folders { get; private init; } = [];

    /// <summary>Granted sockets, which become the descriptors after the folders'.</summary>
    public ImmutableArray<Socket> Sockets { get; private init; } = [];

    /// <summary>Where time comes from, or null where clocks are not granted.</summary>
    public TimeProvider? Clocks { get; private init; }

    /// <summary>What fills a buffer with random bytes, or null where none are granted.</summary>
    public Action<Span<byte>>? Random { get; private init; }

    /// <summary>Limits of what the guest may use.</summary>
    public WasiLimits Limits { get; private init; } = WasiLimits.Default;

    internal StandardStream Input { get; private init; }

    internal StandardStream Output { get; private init; }

    internal StandardStream Error { get; private init; }

    /// <summary>Sets the arguments; the first is the program's name by convention.</summary>
    /// <exception cref="ArgumentException">An argument holds a NUL, which ends a C string.</exception>
    public WasiConfiguration WithArguments(params IEnumerable<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ImmutableArray<string> all = [.. arguments];
        foreach (string argument in all)
            ThrowIfNul(argument, nameof(arguments));
        return this with { Arguments = all };
    }

    /// <summary>Adds an environment variable, or sets it anew.</summary>
    /// <exception cref="ArgumentException">The name is empty or holds '=' or NUL, or the value holds NUL.</exception>
    public WasiConfiguration WithEnvironment(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ThrowIfNul(name, nameof(name));
        ThrowIfNul(value, nameof(value));
        if (name.Contains('=', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' is no name of an environment variable: it holds '='.", nameof(name));
        return this with { Environment = Environment.SetItem(name, value) };
    }

    /// <summary>Adds environment variables, or sets them anew.</summary>
    /// <exception cref="ArgumentException">As for one variable.</exception>
    public WasiConfiguration WithEnvironment(IEnumerable<KeyValuePair<string, string>> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return variables.Aggregate(this, static (all, variable) => all.WithEnvironment(variable.Key, variable.Value));
    }

    /// <summary>
    /// Grants a folder. Paths below it resolve inside it alone: neither <c>..</c> nor a symbolic link leads out,
    /// whatever changes there at the same time. It is opened when a context is made.
    /// </summary>
    /// <param name="hostPath">The folder on the host.</param>
    /// <param name="guestPath">The path that the guest sees it under.</param>
    /// <param name="access">What the guest may do there.</param>
    /// <exception cref="ArgumentException">A path is empty or holds a NUL.</exception>
    /// <exception cref="PlatformNotSupportedException">The host is not Linux on x86-64 or arm64.</exception>
    public WasiConfiguration WithFolder(
        string hostPath, string guestPath, FolderAccess access = FolderAccess.ReadOnly)
    {
        ArgumentException.ThrowIfNullOrEmpty(hostPath);
        ArgumentException.ThrowIfNullOrEmpty(guestPath);
        ThrowIfNul(hostPath, nameof(hostPath));
        ThrowIfNul(guestPath, nameof(guestPath));
        HostPlatform.ThrowIfUnsupported("Folders");
        return this with { Folders = Folders.Add(new WasiFolder(hostPath, guestPath, access)) };
    }

    /// <summary>
    /// Grants a bound and listening, or a connected, socket. It stays the caller's to close, and only while no
    /// context uses it. A listening one is made non-blocking.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">The host is not Linux on x86-64 or arm64.</exception>
    public WasiConfiguration WithSocket(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        HostPlatform.ThrowIfUnsupported("Sockets");
        return this with { Sockets = Sockets.Add(socket) };
    }

    /// <summary>Standard input is read from a stream, which stays the caller's to close.</summary>
    public WasiConfiguration WithStandardInput(Stream stream) =>
        this with { Input = new StandardStream(false, Readable(stream)) };

    /// <summary>Standard output is written to a stream and flushed after each call; it stays the caller's.</summary>
    public WasiConfiguration WithStandardOutput(Stream stream) =>
        this with { Output = new StandardStream(false, Writable(stream)) };

    /// <summary>Standard error is written to a stream and flushed after each call; it stays the caller's.</summary>
    public WasiConfiguration WithStandardError(Stream stream) =>
        this with { Error = new StandardStream(false, Writable(stream)) };

    /// <summary>Standard input, output and error are this process's own.</summary>
    /// <exception cref="PlatformNotSupportedException">The host is not Linux on x86-64 or arm64.</exception>
    public WasiConfiguration WithInheritedStandardStreams()
    {
        HostPlatform.ThrowIfUnsupported("Inherited standard streams");
        StandardStream inherited = new(true, null);
        return this with { Input = inherited, Output = inherited, Error = inherited };
    }

    /// <summary>Grants the host's clocks.</summary>
    public WasiConfiguration WithClocks() => WithClocks(TimeProvider.System);

    /// <summary>Grants clocks that follow <paramref name="provider"/>, timers included.</summary>
    public WasiConfiguration WithClocks(TimeProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return this with { Clocks = provider };
    }

    /// <summary>Grants random bytes from the host's cryptographic generator.</summary>
    public WasiConfiguration WithRandom() =>
        WithRandom(System.Security.Cryptography.RandomNumberGenerator.Fill);

    /// <summary>Grants random bytes from a source: it fills the buffer that it is given, whole.</summary>
    public WasiConfiguration WithRandom(Action<Span<byte>> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return this with { Random = source };
    }

    /// <summary>Sets the limits.</summary>
    public WasiConfiguration WithLimits(WasiLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return this with { Limits = limits };
    }

    private static void ThrowIfNul(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("Guests see C strings, which cannot hold a NUL.", parameter);
    }

    private static Stream Readable(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.CanRead ? stream : throw new ArgumentException("The stream cannot be read.", nameof(stream));
    }

    private static Stream Writable(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.CanWrite ? stream : throw new ArgumentException("The stream cannot be written.", nameof(stream));
    }
}
