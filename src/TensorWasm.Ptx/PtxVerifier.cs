using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Semantics;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx;

/// <summary>Checks symbols, types and every instruction against the whitelist (PTX ISA 5, 6, 9 and 11).</summary>
public static class PtxVerifier
{
    /// <summary>Verifies a parsed module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="limits">What it may cost; the default limits when null.</param>
    /// <returns>The kernels or diagnostics; never throws for bad input.</returns>
    public static PtxVerification Verify(ModuleSyntax module, PtxLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        limits ??= PtxLimits.Default;
        var diagnostics = new DiagnosticBag(limits.MaxDiagnostics);
        IReadOnlyList<Kernel> kernels = new ModuleBinder(module, limits, diagnostics).Bind();
        return new PtxVerification(module, diagnostics.HasErrors ? [] : kernels, diagnostics.Items);
    }

    /// <summary>Parses and verifies.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="limits">What it may cost; the default limits when null.</param>
    /// <returns>The kernels or diagnostics; never throws for bad input.</returns>
    public static PtxVerification Verify(ReadOnlySpan<byte> utf8, PtxLimits? limits = null)
    {
        PtxModule module = PtxModule.Parse(utf8, limits);
        return module.Syntax is { } syntax
            ? Verify(syntax, limits)
            : new PtxVerification(
                new ModuleSyntax(0, 0, [], 0, [], new SourcePosition(1, 1)), [], module.Diagnostics);
    }
}
