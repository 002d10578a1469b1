using System.Collections.Immutable;
using System.Text;

namespace TensorWasm.Runtime;

/// <summary>How a version of a function runs. Immutable, as the version is.</summary>
public sealed record FunctionSettings
{
    /// <summary>Most environment variables, labels and program arguments, each: 256.</summary>
    public const int MaxEntries = 256;

    /// <summary>Most bytes of all of them in UTF-8: 64 KiB.</summary>
    public const int MaxTextBytes = 64 << 10;

    // Before the defaults, which are made of it.
    private static readonly ImmutableSortedDictionary<string, string> Empty =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The defaults.</summary>
    public static FunctionSettings Default { get; } = new();

    /// <summary>What a sandbox may use.</summary>
    public FunctionLimits Limits { get; init; } = new();

    /// <summary>
    /// What guests are granted; all that is known by default, since none of it reaches another tenant.
    /// </summary>
    public FunctionCapabilities Capabilities { get; init; } = FunctionCapabilities.All;

    /// <summary>Environment variables that guests see.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = Empty;

    /// <summary>Program arguments that guests see after the function's name.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Anything that the gateway or an operator wants to remember with the version.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = Empty;

    /// <summary>Says what is wrong with the values, for a tenant of a quota; empty where nothing is.</summary>
    public IReadOnlyList<string> Validate(TenantQuota quota)
    {
        ArgumentNullException.ThrowIfNull(quota);
        List<string> errors = [];
        Check(Limits.MemoryBytes >= 0 && Limits.MemoryBytes <= quota.MaxSandboxMemoryBytes,
            $"memory must be from 0 to {quota.MaxSandboxMemoryBytes} bytes");
        Check(Limits.TableElements is >= 0 and <= 10_000_000, "table elements must be from 0 to 10,000,000");
        Check(Limits.StackBytes is >= 64 << 10 and <= 64 << 20, "stack must be from 64 KiB to 64 MiB");
        Check(Limits.Deadline > TimeSpan.Zero && Limits.Deadline <= quota.MaxDeadline,
            $"the deadline must be above 0 and at most {quota.MaxDeadline.TotalSeconds} s");
        Check(Limits.OutputBytes is >= 0 and <= 64 << 20, "output must be from 0 to 64 MiB");
        Check(Limits.DeviceBytes >= 0 && Limits.DeviceBytes <= quota.MaxDeviceBytes,
            $"device memory must be from 0 to {quota.MaxDeviceBytes} bytes");
        Check((Capabilities & ~FunctionCapabilities.All) == 0, "a capability is unknown");
        Check(Environment.Count <= MaxEntries && Labels.Count <= MaxEntries && Arguments.Length <= MaxEntries,
            $"at most {MaxEntries} environment variables, labels and arguments each");
        Check(TextBytes() <= MaxTextBytes, $"environment, labels and arguments take at most {MaxTextBytes} bytes");
        Check(Environment.Keys.All(IsVariableName), "a variable's name is empty or holds '=' or a NUL");
        Check(Environment.Values.Concat(Arguments).All(HasNoNul), "a variable's value or an argument holds a NUL");
        return errors;

        void Check(bool isRight, string error)
        {
            if (!isRight) errors.Add(error);
        }
    }

    private long TextBytes() =>
        Environment.Concat(Labels).Sum(static pair => (long)Utf8Bytes(pair.Key) + Utf8Bytes(pair.Value))
        + Arguments.Sum(static argument => (long)Utf8Bytes(argument));

    private static int Utf8Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    private static bool HasNoNul(string text) => !text.Contains('\0', StringComparison.Ordinal);

    private static bool IsVariableName(string name) =>
        name.Length > 0 && HasNoNul(name) && !name.Contains('=', StringComparison.Ordinal);
}
