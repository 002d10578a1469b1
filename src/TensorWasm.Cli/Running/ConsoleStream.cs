using TensorWasm.Host;

namespace TensorWasm.Cli;

/// <summary>What <c>wasi:tensor</c> streams, to standard output; its input is all of standard input.</summary>
internal sealed class ConsoleStream(CliContext context) : IGuestStream
{
    private byte[]? _input;

    public ReadOnlyMemory<byte> Input => _input ??= ReadAll();

    public bool TryEmit(ReadOnlySpan<byte> chunk, CancellationToken cancellation)
    {
        try
        {
            context.OutputStream.Write(chunk);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Flush(CancellationToken cancellation)
    {
        try
        {
            context.OutputStream.Flush();
        }
        catch (IOException)
        {
            // The next chunk tells.
        }
    }

    private byte[] ReadAll()
    {
        using var content = new MemoryStream();
        context.Input.CopyTo(content);
        return content.ToArray();
    }
}
