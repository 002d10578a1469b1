using System.Diagnostics.CodeAnalysis;

namespace TensorWasm.Server;

/// <summary>Permissions as text, in the API, the command line and the store.</summary>
public static class PermissionNames
{
    private static readonly (Permissions Value, string Name)[] Names =
    [
        (Permissions.FunctionsRead, "functions:read"),
        (Permissions.FunctionsWrite, "functions:write"),
        (Permissions.Invoke, "invoke"),
        (Permissions.Jobs, "jobs"),
        (Permissions.KernelsRead, "kernels:read"),
        (Permissions.KernelsPublish, "kernels:publish"),
        (Permissions.Models, "models"),
        (Permissions.Metrics, "metrics"),
        (Permissions.Usage, "usage"),
        (Permissions.Admin, "admin"),
    ];

    /// <summary>All single permissions' names.</summary>
    public static IEnumerable<string> All => Names.Select(row => row.Name);

    /// <summary>The names of the permissions of a set, in a fixed order.</summary>
    public static IEnumerable<string> Of(Permissions permissions) =>
        Names.Where(row => permissions.HasFlag(row.Value)).Select(row => row.Name);

    /// <summary>Reads a name: one of <see cref="All"/>, <c>developer</c>, or <c>*</c> for all.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Permissions permissions)
    {
        permissions = text switch
        {
            "developer" => Permissions.Developer,
            "*" => Permissions.All,
            _ => Array.Find(Names, row => row.Name == text).Value,
        };
        return permissions != Permissions.None;
    }

    /// <summary>The union of names; those that this build does not know allow nothing.</summary>
    internal static Permissions Union(IEnumerable<string> names)
    {
        var all = Permissions.None;
        foreach (var name in names)
        {
            if (TryParse(name, out var permission)) all |= permission;
        }
        return all;
    }
}
