using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Semantics;

/// <summary>Performance-tuning directives (PTX ISA 11.4). Pragmas are accepted and never passed on to the driver.</summary>
internal static class FunctionDirectives
{
    public static LaunchBounds Read(FunctionSyntax function)
    {
        var bounds = new LaunchBounds(null, null, null, null);
        foreach (FunctionDirectiveSyntax directive in function.Directives)
        {
            bounds = directive.Name switch
            {
                ".reqntid" => bounds with { RequiredThreads = Extents(directive) },
                ".maxntid" => bounds with { MaximumThreads = Extents(directive) },
                ".minnctapersm" => bounds with { MinimumBlocks = Single(directive, 32) },
                ".maxnreg" => bounds with { MaximumRegisters = Single(directive, 255) },
                ".maxnctapersm" or ".pragma" or ".noreturn" => bounds,
                _ => throw new BindFailure(
                    PtxDiagnosticId.Refused, $"the directive {directive.Name} is not on the whitelist"),
            };
        }

        return bounds;
    }

    private static IReadOnlyList<long> Extents(FunctionDirectiveSyntax directive)
    {
        bool valid = directive.Values.Count is >= 1 and <= 3 && directive.Values.All(value => value is >= 1 and <= 1024);
        return valid && directive.Values.Aggregate(1L, (product, value) => product * value) <= 1024
            ? directive.Values
            : throw new BindFailure(PtxDiagnosticId.Declaration, $"{directive.Name} must describe 1 to 1024 threads");
    }

    private static long Single(FunctionDirectiveSyntax directive, long maximum) =>
        directive.Values is [var value] && value >= 1 && value <= maximum
            ? value
            : throw new BindFailure(PtxDiagnosticId.Declaration, $"{directive.Name} takes a number from 1 to {maximum}");
}
