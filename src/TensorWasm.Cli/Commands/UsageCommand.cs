using System.CommandLine;
using System.Globalization;

namespace TensorWasm.Cli.Commands;

/// <summary><c>usage</c>: what a tenant has used.</summary>
internal static class UsageCommand
{
    internal static Command Create(CliContext context)
    {
        var hours = CommonOptions.Count("--hours", "How far to look back: 24 by default.");
        var other = CommonOptions.Tenant("--of", "Another tenant's, for administrators.");
        return ApiVerb.Create(
            context, "usage", "Tells what a tenant has used: calls, times, launches, memory, storage.",
            ("tensorwasm usage --hours 1", "the tenant's own accounts, by the hour"), [hours, other],
            (client, parsed) =>
            {
                var path = other.Read(parsed) is { } tenant
                    ? ApiVerb.Path("admin", "tenants", tenant.ToString(CultureInfo.InvariantCulture), "usage")
                    : "/usage";
                return client.Print("GET", path + ApiVerb.Query(parsed, hours));
            });
    }
}
