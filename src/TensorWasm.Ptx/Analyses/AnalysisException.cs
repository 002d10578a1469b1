using System.Diagnostics.CodeAnalysis;

namespace TensorWasm.Ptx.Analyses;

/// <summary>A pass or an analysis broke its own invariant: a defect of this library, never of the input.</summary>
public sealed class AnalysisException(string message) : Exception(message)
{
    internal static void Require([DoesNotReturnIf(false)] bool condition, string message)
    {
        if (!condition)
        {
            throw new AnalysisException(message);
        }
    }
}
