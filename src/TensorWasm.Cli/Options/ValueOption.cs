using System.CommandLine;

namespace TensorWasm.Cli;

/// <summary>
/// An option whose text stands for a value. Its base keeps the text: a base for each kind of value would be compiled when
/// the program starts, which takes longer than a small guest.
/// </summary>
internal sealed class ValueOption<T> : Option<string?>
    where T : struct
{
    private readonly Func<string, T?> _parse;

    /// <summary>An option.</summary>
    /// <param name="name">Its name, with the dashes.</param>
    /// <param name="valueName">What the help calls the value.</param>
    /// <param name="description">What it does.</param>
    /// <param name="parse">Answers null for what is no value.</param>
    /// <param name="expected">What a value is, for errors.</param>
    internal ValueOption(string name, string valueName, string description, Func<string, T?> parse, string expected)
        : base(name)
    {
        _parse = parse;
        Description = description;
        HelpName = valueName;
        Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (parse(token.Value) is null) result.AddError($"{name}: '{token.Value}' is not {expected}.");
            }
        });
    }

    /// <summary>The value; null if the option was not given.</summary>
    internal T? Read(ParseResult parsed) => parsed.GetValue(this) is { } text ? _parse(text) : null;
}
