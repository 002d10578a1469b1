using System.Diagnostics;

namespace TensorWasm.Server.Tests;

/// <summary>
/// A disk of some MiB of its own, which a test can fill. It is a tmpfs, which only root may mount, and not everywhere:
/// where it can't be, the test is skipped, on CI, too.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _folder;

    private SmallDisk(DirectoryInfo folder) => _folder = folder;

    internal string Path => _folder.FullName;

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    internal static SmallDisk Mount(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("tensorwasm-disk-");
        if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder.FullName)) return new(folder);
        folder.Delete();
        Assert.Skip("a tmpfs can't be mounted here: that takes root and the capability SYS_ADMIN");
        return null!;
    }

    /// <summary>Takes all the room that there is.</summary>
    internal void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var block = new byte[1 << 20]; block.Length >= 512; block = new byte[block.Length / 2])
        {
            try
            {
                while (true) file.Write(block);
            }
            catch (IOException)
            {
                // A smaller block may still fit.
            }
        }
    }

    internal void Free() => File.Delete(Ballast);

    public void Dispose()
    {
        // What still has a file open keeps the memory, not the name.
        Run("umount", "-l", Path);
        _folder.Delete();
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
