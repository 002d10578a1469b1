using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Fencing;

/// <summary>The result of fencing: kernels, or the reasons why there are none.</summary>
public sealed class FencedModule
{
    internal FencedModule(
        ModuleSyntax source,
        IReadOnlyList<FencedKernel> kernels,
        ReadOnlyMemory<byte> globals,
        int globalsAlignment,
        IReadOnlyList<PtxDiagnostic> diagnostics)
    {
        Source = source;
        Kernels = diagnostics.Count == 0 ? kernels : [];
        Globals = globals;
        GlobalsAlignment = globalsAlignment;
        Diagnostics = diagnostics;
    }

    /// <summary>The fenced kernels; empty when there are diagnostics.</summary>
    public IReadOnlyList<FencedKernel> Kernels { get; }

    /// <summary>
    /// The initial bytes of the module's global variables. They live in the tenant's region, not in the driver's
    /// module, which tenants may share: the launcher allocates them once a sandbox and passes the address.
    /// </summary>
    public ReadOnlyMemory<byte> Globals { get; }

    /// <summary>Alignment of <see cref="Globals"/> in bytes.</summary>
    public int GlobalsAlignment { get; }

    /// <summary>Why the module cannot be fenced; empty when it could.</summary>
    public IReadOnlyList<PtxDiagnostic> Diagnostics { get; }

    /// <summary>True when the kernels may be given to a device.</summary>
    public bool IsValid => Diagnostics.Count == 0;

    internal ModuleSyntax Source { get; }

    /// <summary>The architecture that the author compiled it for, such as <c>sm_80</c> (PTX ISA 11.1.2).</summary>
    public string Target => Source.Targets[0];

    /// <summary>The fenced kernels as PTX for the driver, without debug sections, pragmas or anything unverified.</summary>
    /// <param name="minimumBlocks">
    /// For each kernel, how many blocks a multiprocessor should hold (<c>.minnctapersm</c>, PTX ISA 11.4.4), or null for what the
    /// author said; null for that of all.
    /// </param>
    /// <returns>PTX text.</returns>
    public string Print(IReadOnlyList<int?>? minimumBlocks = null)
    {
        using var text = new TextBuffer(Kernels.Sum(kernel => IrPrinter.LengthOf(kernel.Kernel)));
        PtxPrinter.PrintHeader(text, Source.Major, Source.Minor, [Target], addressSize: 64);
        HashSet<Variable> declared = [];
        foreach (FencedKernel kernel in Kernels)
        {
            foreach (Variable variable in kernel.Kernel.Variables)
            {
                if (variable.IsModuleScope && declared.Add(variable))
                {
                    IrPrinter.Print(text, variable);
                    text.Append('\n');
                }
            }
        }

        for (int i = 0; i < Kernels.Count; i++)
        {
            Kernel kernel = Kernels[i].Kernel;
            LaunchBounds bounds = minimumBlocks?[i] is { } blocks ? kernel.Bounds with { MinimumBlocks = blocks } : kernel.Bounds;
            IrPrinter.Print(text, kernel, bounds);
            text.Append('\n');
        }

        return text.ToString();
    }
}
