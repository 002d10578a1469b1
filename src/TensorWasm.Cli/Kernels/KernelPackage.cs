using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Server;

namespace TensorWasm.Cli;

/// <summary>A kernel to be published: its name, and its code for each architecture.</summary>
internal sealed class KernelPackage(string name, string version, string publisher, long unixMilliseconds)
{
    private readonly SortedDictionary<string, byte[]> _codes = new(StringComparer.Ordinal);

    /// <summary>Adds a PTX file, which must be one that a server would accept.</summary>
    /// <exception cref="CliException">It is not, or its architecture is there already.</exception>
    internal void Add(string path, int? architecture, CliContext context)
    {
        var file = PtxFile.Read(path, FenceMode.Fence, context);
        if (!file.IsValid)
        {
            file.WriteDiagnostics(context);
            throw new CliException($"{path} is not a kernel that a server accepts.");
        }
        var target = architecture is { } number ? $"sm_{number}" : file.Fenced.Target;
        if (!_codes.TryAdd(target, file.Bytes.ToArray()))
        {
            throw new CliException($"{path} is a second file for {target}.", ExitCodes.Usage);
        }
    }

    /// <summary>The bytes to be signed.</summary>
    internal byte[] Envelope() => KernelEnvelope.Write(name, version, Digests(), publisher, unixMilliseconds);

    /// <summary>Writes the members of a request that publishes it.</summary>
    internal void Write(Utf8JsonWriter writer, string algorithm, byte[] signature)
    {
        writer.WriteStartObject("manifest");
        writer.WriteString("name", name);
        writer.WriteString("version", version);
        writer.WriteStartObject("variants");
        foreach (var (architecture, digest) in Digests()) writer.WriteString(architecture, digest);
        writer.WriteEndObject();
        writer.WriteString("publisher", publisher);
        writer.WriteNumber("published_unix_ms", unixMilliseconds);
        writer.WriteString("algorithm", algorithm);
        writer.WriteBase64String("signature", signature);
        writer.WriteEndObject();
        writer.WriteStartObject("ptx");
        foreach (var (architecture, code) in _codes) writer.WriteString(architecture, Encoding.UTF8.GetString(code));
        writer.WriteEndObject();
    }

    private IEnumerable<KeyValuePair<string, string>> Digests() => _codes.Select(
        static code => KeyValuePair.Create(code.Key, Convert.ToHexStringLower(SHA256.HashData(code.Value))));
}
