using System.CommandLine;
using System.Globalization;

namespace TensorWasm.Cli;

/// <summary>The arguments that say what a kernel to be signed is.</summary>
internal sealed class KernelPackageOptions
{
    private readonly Argument<string> _name = ApiVerb.Id("name", "The kernel's name.");
    private readonly Argument<string> _version = ApiVerb.Id("version", "Its version.");

    private readonly Option<string[]> _files = new("--ptx-file")
    {
        Description = "Its PTX; once for each architecture.",
        HelpName = "file",
        Required = true,
    };

    private readonly ValueOption<int> _architecture = new(
        "--sm", "number", "The architecture, such as 80, where it is not the one of the PTX's .target line.",
        static text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 10 and <= 999
            ? number
            : null,
        "an architecture such as 80");

    private readonly Option<string> _publisher = new("--publisher")
    {
        Description = "Who publishes.",
        HelpName = "name",
        DefaultValueFactory = static _ => "tensorwasm",
    };

    private readonly ValueOption<long> _time;

    internal KernelPackageOptions(bool isTimeRequired) => _time = new(
        "--time", "milliseconds",
        isTimeRequired ? "When it is published, since 1970." : "When it is published, since 1970; now by default.",
        static text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : null,
        "a count of milliseconds");

    internal IReadOnlyList<Symbol> Parts => [_name, _version, _files, _architecture, _publisher, _time];

    /// <summary>Reads what was given.</summary>
    /// <exception cref="CliException">A file can't be read or is no kernel, or a value is missing.</exception>
    internal KernelPackage Read(ParseResult parsed, CliContext context, bool isTimeRequired)
    {
        var time = _time.Read(parsed);
        if (time is null && isTimeRequired)
        {
            throw new CliException("--time is needed: it is part of what is signed.", ExitCodes.Usage);
        }
        var files = parsed.GetRequiredValue(_files);
        var architecture = _architecture.Read(parsed);
        if (architecture is not null && files.Length > 1)
        {
            throw new CliException("--sm is for one PTX file; several have their .target lines.", ExitCodes.Usage);
        }
        var package = new KernelPackage(
            parsed.GetRequiredValue(_name), parsed.GetRequiredValue(_version), parsed.GetRequiredValue(_publisher),
            time ?? DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        foreach (var file in files) package.Add(file, architecture, context);
        return package;
    }
}
