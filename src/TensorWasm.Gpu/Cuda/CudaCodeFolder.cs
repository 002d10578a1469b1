using System.Security.Cryptography;
using System.Text;

namespace TensorWasm.Gpu;

/// <summary>
/// Machine code on disk, by the SHA-256 of the fenced PTX, the architecture and the driver, so that a restarted process
/// need not assemble again. Each file begins with the SHA-256 of the rest: a torn or rotten one is assembled anew. Who
/// may write the folder may run anything on the GPU.
/// </summary>
internal sealed class CudaCodeFolder(string? folder, DeviceInfo device)
{
    /// <summary>Code of an earlier time.</summary>
    internal byte[]? TryRead(ReadOnlySpan<byte> ptx)
    {
        if (folder is null)
        {
            return null;
        }
        try
        {
            var bytes = File.ReadAllBytes(PathOf(ptx));
            return bytes.Length > SHA256.HashSizeInBytes
                && SHA256.HashData(bytes.AsSpan(SHA256.HashSizeInBytes))
                    .AsSpan().SequenceEqual(bytes.AsSpan(0, SHA256.HashSizeInBytes))
                ? bytes[SHA256.HashSizeInBytes..]
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps code for later. A folder that can't be written costs time, not function.</summary>
    internal void Write(ReadOnlySpan<byte> ptx, byte[] image)
    {
        if (folder is null)
        {
            return;
        }
        try
        {
            Directory.CreateDirectory(folder);
            var path = PathOf(ptx);
            var temporary = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
            File.WriteAllBytes(temporary, [.. SHA256.HashData(image), .. image]);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next process assembles again.
        }
    }

    private string PathOf(ReadOnlySpan<byte> ptx)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{device.Architecture} {device.DriverVersion} {device.Name}\n"));
        hash.AppendData(ptx);
        return Path.Combine(folder!, Convert.ToHexStringLower(hash.GetHashAndReset()) + ".cubin");
    }
}
