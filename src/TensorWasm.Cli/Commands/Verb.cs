using System.CommandLine;

namespace TensorWasm.Cli.Commands;

/// <summary>A command with examples, which its help shows last.</summary>
internal sealed class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Command lines, each with what it does.</summary>
    internal required IReadOnlyList<(string Line, string Meaning)> Examples { get; init; }

    /// <summary>How it is called, where the general form misleads.</summary>
    internal string? Usage { get; init; }

    /// <summary>What else a reader of the help needs: exit codes, formats.</summary>
    internal required string Notes { get; init; }

    /// <summary>Adds arguments and options, in the order that the help has them in.</summary>
    internal void AddParts(params ReadOnlySpan<Symbol> parts)
    {
        foreach (var part in parts)
        {
            if (part is Argument argument) Add(argument);
            else Add((Option)part);
        }
    }
}
