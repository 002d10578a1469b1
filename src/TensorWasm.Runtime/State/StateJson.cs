using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace TensorWasm.Runtime.State;

/// <summary>How structured values lie in text columns.</summary>
internal static class StateJson
{
    internal static string Write(TenantQuota quota) =>
        JsonSerializer.Serialize(quota, StateJsonContext.Default.TenantQuota);

    internal static TenantQuota ReadQuota(string text) =>
        JsonSerializer.Deserialize(text, StateJsonContext.Default.TenantQuota) ?? TenantQuota.Default;

    internal static string Write(FunctionSettings settings) =>
        JsonSerializer.Serialize(settings, StateJsonContext.Default.FunctionSettings);

    internal static FunctionSettings ReadSettings(string text) =>
        JsonSerializer.Deserialize(text, StateJsonContext.Default.FunctionSettings) ?? FunctionSettings.Default;

    internal static string Write(ImmutableArray<GuestArgument> arguments) =>
        JsonSerializer.Serialize(
            [.. arguments.Select(static argument => argument.Text)], StateJsonContext.Default.StringArray);

    internal static ImmutableArray<GuestArgument> ReadArguments(string text) =>
        [.. Strings(text).Select(static argument => new GuestArgument(argument))];

    /// <summary>Each value is its kind's number, a colon, and its bits in hexadecimal.</summary>
    internal static string Write(ImmutableArray<GuestValue> values) => JsonSerializer.Serialize(
        [.. values.Select(static v => string.Create(CultureInfo.InvariantCulture, $"{(int)v.Kind}:{v.Bits:x}"))],
        StateJsonContext.Default.StringArray);

    internal static ImmutableArray<GuestValue> ReadValues(string text) =>
    [
        .. Strings(text).Select(static value => new GuestValue(
            (GuestValueKind)(value[0] - '0'),
            UInt128.Parse(value.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))),
    ];

    private static string[] Strings(string text) =>
        JsonSerializer.Deserialize(text, StateJsonContext.Default.StringArray) ?? [];
}
