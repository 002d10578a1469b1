using TensorWasm.Engine;
using TensorWasm.Wasm;

namespace TensorWasm.Cli;

/// <summary>The bytes that a file argument names; <c>-</c> names standard input.</summary>
/// <param name="Path">The argument.</param>
/// <param name="Bytes">Its content.</param>
internal sealed record ModuleFile(string Path, ReadOnlyMemory<byte> Bytes)
{
    private const string StandardInput = "-";

    /// <summary>Whether it holds the text format.</summary>
    internal bool IsText => !WasmDecoder.IsBinary(Bytes.Span);

    /// <summary>What to call it in messages.</summary>
    internal string DisplayName => NameOf(Path);

    internal static string NameOf(string path) => path == StandardInput ? "standard input" : path;

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="CliException">It can't be read, is empty, or is larger than a module may be.</exception>
    internal static ModuleFile Read(string path, CliContext context)
    {
        var bytes = path == StandardInput ? ReadStream(context.Input) : ReadFile(path);
        if (bytes.Length == 0) throw new CliException($"{NameOf(path)} is empty; a module was expected there.");
        return new ModuleFile(path, bytes);
    }

    /// <summary>The module it holds, in either format.</summary>
    /// <exception cref="CliException">It is malformed.</exception>
    internal WasmModule Parse()
    {
        try
        {
            return ModuleSource.Read(Bytes);
        }
        catch (WasmFormatException e)
        {
            throw Failure.Of(e, DisplayName);
        }
    }

    /// <summary>The module it holds, after validation.</summary>
    /// <exception cref="CliException">It is malformed or invalid.</exception>
    internal WasmModule ParseValid()
    {
        var module = Parse();
        try
        {
            WasmValidator.Validate(module);
            return module;
        }
        catch (WasmException e)
        {
            throw Failure.Of(e, DisplayName, module);
        }
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new CliException($"{path} is a folder; name the .wasm or .wat file inside it.");
            }
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            // Pipes and the like have no length to go by.
            if (!stream.CanSeek) return ReadStream(stream);
            if (stream.Length > WasmLimits.MaxModuleSize) throw TooLarge(path);
            var bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length);
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException($"there is no file {path}. Paths are relative to {Environment.CurrentDirectory}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CliException($"{path} can't be read: {e.Message}");
        }
    }

    private static byte[] ReadStream(Stream stream)
    {
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            if (content.Length + count > WasmLimits.MaxModuleSize) throw TooLarge(StandardInput);
            content.Write(buffer, 0, count);
        }
        return content.ToArray();
    }

    private static CliException TooLarge(string path) =>
        new($"{NameOf(path)} is larger than a module may be ({ByteSize.Format(WasmLimits.MaxModuleSize)}).");
}
