using System.CommandLine;
using System.Globalization;

namespace TensorWasm.Cli.Commands;

/// <summary><c>usage</c>: what a tenant has used.</summary>
internal static class UsageCommand
{
    internal static Command Create(CliContext context)
    {
        var hours = new ValueOption<int>(
            "--hours", "number", "How far to look back: 24 by default.",
            static text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
            "a count of hours");
        var other = new ValueOption<ulong>(
            "--of", "number", "Another tenant's, for administrators.",
            static text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tenant) ? tenant : null,
            "a tenant's number");
        return ApiVerb.Create(
            context, "usage", "Tells what a tenant has used: calls, times, launches, memory, storage.",
            ("tensorwasm usage --hours 1", "the tenant's own accounts, by the hour"), [hours, other],
            (client, parsed) =>
            {
                var path = other.Read(parsed) is { } tenant
                    ? ApiVerb.Path("admin", "tenants", tenant.ToString(CultureInfo.InvariantCulture), "usage")
                    : "/usage";
                return client.Print("GET", path + FunctionsCommand.Query(("hours", parsed.GetValue(hours))));
            });
    }
}
