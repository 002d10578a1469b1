using System.Text.Json;
using TensorWasm.Server;

namespace TensorWasm.Cli;

/// <summary>Checks a manifest here, without a server.</summary>
internal static class KernelVerification
{
    /// <summary>Checks, and says what is wrong.</summary>
    /// <exception cref="CliException">A file can't be read, or a key is missing.</exception>
    internal static int Run(
        CliContext context, (string Name, string Version) kernel, string manifestFile, string? keyFile, string? publicKey,
        string[] codeFiles)
    {
        if ((keyFile is null) == (publicKey is null))
        {
            throw new CliException("One of --key-file and --public-key is needed.", ExitCodes.Usage);
        }
        var problem = KernelSignature.ProblemOf(
            KernelKeys.ReadFile(manifestFile), kernel.Name, kernel.Version,
            keyFile is null ? null : KernelKeys.ReadHmac(keyFile), publicKey is null ? null : ReadPublic(publicKey),
            [.. codeFiles.Select(KernelKeys.ReadFile)]);
        using (var writer = new Utf8JsonWriter(context.OutputStream))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("is_valid", problem is null);
            writer.WriteString("problem", problem);
            writer.WriteEndObject();
        }
        context.OutputStream.WriteByte((byte)'\n');
        return problem is null ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static byte[] ReadPublic(string text)
    {
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) && length == 32
            ? key[..length]
            : throw new CliException("--public-key: it is not 32 bytes in base64.", ExitCodes.Usage);
    }
}
