using System.CommandLine;
using System.CommandLine.Invocation;

namespace TensorWasm.Cli.Commands;

/// <summary>Prints this program's version, whatever process it runs in.</summary>
internal sealed class VersionText : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"tensorwasm {CommandLine.Version}");
        return ExitCodes.Success;
    }
}
