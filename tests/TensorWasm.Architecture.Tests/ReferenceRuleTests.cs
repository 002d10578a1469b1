using System.Xml.Linq;

namespace TensorWasm.Architecture.Tests;

/// <summary>A room may call the rooms below it, never one above: the table of CONTRIBUTING.md, "The rooms".</summary>
public sealed class ReferenceRuleTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["TensorWasm.Wasm"] = [],
        ["TensorWasm.Engine"] = ["TensorWasm.Wasm"],
        ["TensorWasm.Wasi"] = ["TensorWasm.Engine"],
        ["TensorWasm.Ptx"] = [],
        ["TensorWasm.Gpu"] = ["TensorWasm.Ptx"],
        ["TensorWasm.Host"] = ["TensorWasm.Engine", "TensorWasm.Wasi", "TensorWasm.Gpu"],
        ["TensorWasm.Snapshots"] = ["TensorWasm.Engine", "TensorWasm.Gpu"],
        ["TensorWasm.Runtime"] = ["TensorWasm.Host", "TensorWasm.Snapshots"],
        ["TensorWasm.Server"] = ["TensorWasm.Runtime"],
    };

    private static IEnumerable<string> Projects =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);

    [Fact]
    public void Every_project_is_a_room_of_the_table_and_lies_in_a_folder_of_its_name()
    {
        foreach (var project in Projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(name == "TensorWasm.Cli" || Allowed.ContainsKey(name), $"{name} is no room of the table");
            Assert.Equal(name, Path.GetFileName(Path.GetDirectoryName(project)));
        }
    }

    [Fact]
    public void Rooms_reference_only_rooms_below_them()
    {
        foreach (var project in Projects)
        {
            // The command line stands above everything.
            if (!Allowed.TryGetValue(Path.GetFileNameWithoutExtension(project), out var below)) continue;
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
            foreach (var reference in references)
            {
                Assert.True(below.Contains(reference), $"{project} references {reference}, which is not below it");
            }
        }
    }

    [Fact]
    public void Rooms_use_no_package_but_the_listed_ones()
    {
        Dictionary<string, string[]> packages = new()
        {
            ["TensorWasm.Cli"] = ["System.CommandLine", "Spectre.Console"],
            ["TensorWasm.Runtime"] =
            [
                "Microsoft.EntityFrameworkCore.Sqlite.Core", "Npgsql.EntityFrameworkCore.PostgreSQL",
                "SQLitePCLRaw.bundle_e_sqlite3", "SQLitePCLRaw.core",
            ],
            ["TensorWasm.Server"] = ["Blake3", "OpenTelemetry.Exporter.OpenTelemetryProtocol", "YamlDotNet"],
        };
        foreach (var project in Projects)
        {
            var used = XDocument.Load(project).Descendants("PackageReference").Select(p => p.Attribute("Include")!.Value);
            var listed = packages.GetValueOrDefault(Path.GetFileNameWithoutExtension(project)) ?? [];
            Assert.Empty(used.Except(listed));
        }
    }

    [Fact]
    public void Unsafe_code_stays_in_the_rooms_that_are_listed()
    {
        string[] listed = ["TensorWasm.Engine", "TensorWasm.Wasi", "TensorWasm.Gpu"];
        foreach (var project in Projects)
        {
            var allows = XDocument.Load(project).Descendants("AllowUnsafeBlocks").Any();
            Assert.True(!allows || listed.Contains(Path.GetFileNameWithoutExtension(project)), $"{project} allows unsafe code");
        }
    }
}
