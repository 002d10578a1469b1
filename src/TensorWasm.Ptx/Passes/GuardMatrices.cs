using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Stops warps that are not whole before an instruction that all their threads must execute together (<c>.aligned</c>:
/// <c>mma</c>, <c>ldmatrix</c>, <c>stmatrix</c>, <c>movmatrix</c>; PTX ISA 9.7.14). What the hardware does otherwise is
/// not defined, and an instruction that it does not like ends the context of every tenant. Where the control flow shows
/// that the warp is whole nothing is inserted.
/// </summary>
internal sealed class GuardMatrices
{
    private const string Reason = "all threads of the warp must execute the next matrix instruction together";

    private readonly PassContext _context;
    private readonly Convergence _convergence;
    private readonly List<Instruction> _code = [];

    private GuardMatrices(PassContext context, Convergence convergence)
    {
        _context = context;
        _convergence = convergence;
    }

    public static void Run(PassContext context)
    {
        Kernel kernel = context.Kernel;
        if (!kernel.Blocks.SelectMany(block => block.Instructions).Any(IsTogether))
        {
            return;
        }

        BlockEditor.Split(kernel);
        ControlFlowGraph graph = ControlFlowGraph.Of(kernel);
        var pass = new GuardMatrices(context, Convergence.Of(graph));
        for (int block = 0; block < graph.Count; block++)
        {
            pass.Guard(graph.Blocks[block], pass._convergence.IsWhole(block));
        }

        pass.GuardEntry();
        BlockEditor.Split(kernel);
    }

    private static bool IsTogether(Instruction instruction) => instruction.Opcode.Has("aligned")
        && instruction.Opcode.Effect is Effect.Warp or Effect.MatrixLoad or Effect.MatrixStore;

    private void Guard(Block block, bool isWhole)
    {
        if (!block.Code.Any(IsTogether))
        {
            return;
        }

        _code.Clear();
        foreach (Instruction instruction in block.Code)
        {
            if (IsTogether(instruction))
            {
                if (!isWhole)
                {
                    StopUnlessWhole(instruction);
                    isWhole = true;
                }

                if (instruction.Guard is { } guard && _convergence.Varies(guard.Register))
                {
                    StopUnlessAllOrNone(instruction, guard.Register);
                }
            }

            _code.Add(instruction);
        }

        block.Code.Clear();
        block.Code.AddRange(_code);
    }

    /// <summary>The last warp of a block whose size is not a multiple of 32 is never whole.</summary>
    private void GuardEntry()
    {
        Kernel kernel = _context.Kernel;
        if (kernel.Bounds.RequiredThreads is null || kernel.Bounds.MaximumBlockThreads % 32 != 0)
        {
            Instruction first = kernel.Blocks.SelectMany(block => block.Instructions).First(IsTogether);
            _code.Clear();
            StopUnlessWhole(first);
            kernel.Code[0].Code.InsertRange(0, _code);
        }
    }

    private void StopUnlessWhole(Instruction instruction)
    {
        Register active = _context.NewRegister(PtxType.B32, "%tw_active");
        Register parted = _context.NewRegister(PtxType.Pred, "%tw_parted");
        // Threads that PTX lets come later are waited for, as the instruction itself would.
        Add(instruction, "bar.warp.sync", [PassContext.Imm(-1)]);
        Add(instruction, "activemask.b32", [PassContext.Reg(active)]);
        Add(instruction, "setp.ne.s32", [PassContext.Reg(parted), PassContext.Reg(active), PassContext.Imm(-1)]);
        StopIf(instruction, new Guard(parted, false));
        _context.Note(instruction.Position, instruction, FenceAction.Rewritten, Reason);
    }

    private void StopUnlessAllOrNone(Instruction instruction, Register guard)
    {
        Register alike = _context.NewRegister(PtxType.Pred, "%tw_alike");
        Add(instruction, "vote.sync.uni.pred", [PassContext.Reg(alike), PassContext.Reg(guard), PassContext.Imm(-1)]);
        StopIf(instruction, new Guard(alike, true));
        _context.Note(instruction.Position, instruction, FenceAction.Rewritten, Reason);
    }

    private void StopIf(Instruction instruction, Guard guard)
    {
        Label stop = _context.Stops.Site(FenceStatus.Diverged, instruction.Position, null, 0, isWrite: false);
        _code.Add(InstructionFactory.Create("bra", [new LabelOperand(stop)], guard, instruction.Position, Reason));
    }

    private void Add(Instruction instruction, string opcode, Operand[] operands) =>
        _code.Add(InstructionFactory.Create(opcode, operands, null, instruction.Position, Reason));
}
