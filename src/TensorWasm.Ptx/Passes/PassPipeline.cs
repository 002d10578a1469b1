using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Passes;

/// <summary>The passes in their order. The kernels given are taken over and changed.</summary>
internal static class PassPipeline
{
    /// <summary>The constant bank that a module's variables share (PTX ISA 5.1.3).</summary>
    private const long MaxConstantBytes = 64 << 10;

    public static FencedModule Run(PtxVerification verification, FenceOptions options, PtxLimits limits)
    {
        IReadOnlyList<Kernel> kernels = verification.Kernels;
        List<FencedKernel> fenced = [];
        List<PtxDiagnostic> diagnostics = [];
        Variable? globals = null;
        try
        {
            globals = MergeVariables.Merge(kernels, StateSpace.Global, "__tw_globals", isModuleScope: true, limits);
            Variable? constants = MergeVariables.Merge(kernels, StateSpace.Const, "__tw_const", isModuleScope: true, limits);
            if (constants?.Size > MaxConstantBytes)
            {
                throw new NotFenceableException(
                    verification.Module.Position, ".const", $"constant variables have more than {MaxConstantBytes} bytes");
            }

            foreach (Kernel kernel in kernels)
            {
                fenced.Add(Fence(kernel, globals, options, limits));
            }
        }
        catch (NotFenceableException failure)
        {
            diagnostics.Add(failure.Diagnostic);
        }
        catch (AnalysisException defect) when (!options.VerifyOutput)
        {
            // A kernel that shows a defect of ours is refused like any other that is not known to be safe.
            diagnostics.Add(new PtxDiagnostic(
                PtxDiagnosticId.NotFenceable, verification.Module.Position, "", $"the fence could not be proven: {defect.Message}"));
        }

        ReadOnlyMemory<byte> image = globals is null ? ReadOnlyMemory<byte>.Empty
            : globals.InitialData.IsEmpty ? new byte[globals.Size]
            : globals.InitialData;
        var result = new FencedModule(verification.Module, fenced, image, globals?.Alignment ?? 1, diagnostics);
        if (options.VerifyOutput && result.IsValid)
        {
            VerifyAgain(result);
        }

        return result;
    }

    private static FencedKernel Fence(Kernel kernel, Variable? globals, FenceOptions options, PtxLimits limits)
    {
        var context = new PassContext(kernel, options, limits);
        CheckBarriers.Run(kernel);
        MergeVariables.Run(kernel, limits);
        if (globals is not null)
        {
            RelocateGlobals.Run(context, globals);
        }

        InitializeRegisters.Run(context);
        CheckMasks.Run(kernel);
        ReplaceTraps.Run(context);
        AwaitClearing.Run(context);
        StraightenLoops.Run(kernel);
        IReadOnlySet<Instruction> proven = options.VersionLoops ? VersionLoops.Run(context) : new HashSet<Instruction>();
        InsertFences.Run(context, proven);
        FenceChecker.Run(context, proven);
        InsertDeadlines.Run(context);
        GuardMeetings.Run(context);
        ClearSharedMemory.Run(context);
        ClearLocalMemory.Run(context);
        UnifyBarriers.Run(context);
        context.Finish();
        ControlFlowGraph.Of(kernel).Verify();
        return new FencedKernel(
            kernel, context.HiddenParameters, [.. context.Notes.OrderBy(note => note.Position.Line)]);
    }

    private static void VerifyAgain(FencedModule module)
    {
        PtxModule parsed = PtxModule.Parse(module.Print());
        IReadOnlyList<PtxDiagnostic> complaints = parsed.Syntax is { } syntax
            ? PtxVerifier.Verify(syntax).Diagnostics
            : parsed.Diagnostics;
        if (complaints.Count > 0)
        {
            throw new AnalysisException($"The fenced module does not verify: {complaints[0]}");
        }
    }
}
