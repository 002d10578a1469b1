namespace TensorWasm.Server;

/// <summary>One setting, by whatever way it is given.</summary>
/// <param name="Key">Its name in the configuration file, with a dot between the levels.</param>
/// <param name="Environment">Its environment variable.</param>
/// <param name="Flag">Its flag of <c>tensorwasm serve</c>; null: there is none, such as for secrets.</param>
/// <param name="Form">The value's form.</param>
/// <param name="Default">The default as text.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Apply">Puts a value into the options; a <see cref="FormatException"/> says what is wrong with it.</param>
public sealed record Setting(
    string Key,
    string Environment,
    string? Flag,
    string Form,
    string Default,
    string Meaning,
    Func<GatewayOptions, string, GatewayOptions> Apply)
{
    /// <summary>A variable that counts where <see cref="Environment"/> is not set; null: none.</summary>
    public string? OtherEnvironment { get; init; }

    /// <summary>Whether its value must not be shown.</summary>
    public bool IsSecret { get; init; }
}
