using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Passes;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx;

/// <summary>Makes kernels safe to run beside other tenants' in one context.</summary>
public static class PtxFence
{
    /// <summary>Verifies and fences a parsed module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="options">How to fence.</param>
    /// <param name="limits">What the module may cost; the default limits when null.</param>
    /// <returns>The fenced kernels or diagnostics; never throws for bad input.</returns>
    public static FencedModule Apply(ModuleSyntax module, FenceOptions options, PtxLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        limits ??= PtxLimits.Default;
        PtxVerification verification;
        try
        {
            verification = PtxVerifier.Verify(module, limits);
        }
        catch (AnalysisException defect) when (!options.VerifyOutput)
        {
            // As in the pipeline: what shows a defect of ours is refused.
            return Failed(
                module,
                [new PtxDiagnostic(PtxDiagnosticId.NotFenceable, module.Position, "", $"it could not be verified: {defect.Message}")]);
        }

        return verification.IsValid
            ? PassPipeline.Run(verification, options, limits)
            : Failed(module, verification.Diagnostics);
    }

    /// <summary>Parses, verifies and fences.</summary>
    /// <param name="utf8">The PTX text.</param>
    /// <param name="options">How to fence.</param>
    /// <param name="limits">What the module may cost; the default limits when null.</param>
    /// <returns>The fenced kernels or diagnostics; never throws for bad input.</returns>
    public static FencedModule Apply(ReadOnlySpan<byte> utf8, FenceOptions options, PtxLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        PtxModule module = PtxModule.Parse(utf8, limits);
        return module.Syntax is { } syntax
            ? Apply(syntax, options, limits)
            : Failed(new ModuleSyntax(0, 0, [], 0, [], new SourcePosition(1, 1)), module.Diagnostics);
    }

    private static FencedModule Failed(ModuleSyntax module, IReadOnlyList<PtxDiagnostic> diagnostics) =>
        new(module, [], ReadOnlyMemory<byte>.Empty, 1, diagnostics);
}
