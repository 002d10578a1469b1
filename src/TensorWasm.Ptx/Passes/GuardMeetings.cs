using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Stops threads before an instruction at which they would wait for others of their warp that are elsewhere. PTX leaves
/// that undefined, or lets them wait for ever (ISA 9.7.13, 9.7.14), and neither a deadline nor the driver ends it: on an
/// H200 a vote that meets a shuffle, or a reduction of the block in one branch of a warp, never ends. Matrix
/// instructions (<c>.aligned</c>) need all 32 threads; votes, shuffles and reductions those that have not ended.
/// <para>
/// The question does not wait, so it cannot hang itself: who executes it together with whom, is what decides. Where the
/// control flow shows the answer nothing is asked.
/// </para>
/// </summary>
internal sealed class GuardMeetings
{
    private readonly PassContext _context;
    private readonly Convergence _convergence;
    private readonly bool _hasReduction;
    private readonly List<Instruction> _code = [];
    private Register? _begun;

    private GuardMeetings(PassContext context, Convergence convergence)
    {
        _context = context;
        _convergence = convergence;
        _hasReduction = context.Kernel.Has(Barriers.IsReduction);
    }

    public static void Run(PassContext context)
    {
        Kernel kernel = context.Kernel;
        if (!kernel.Has(Convergence.Waits))
        {
            return;
        }

        BlockEditor.Split(kernel);
        ControlFlowGraph graph = ControlFlowGraph.Of(kernel);
        var pass = new GuardMeetings(context, Convergence.OfWarps(graph));
        for (int block = 0; block < graph.Count; block++)
        {
            pass.Guard(graph.Blocks[block], pass._convergence.IsWhole(block), pass._convergence.IsTogether(block));
        }

        pass.GuardEntry();
        BlockEditor.Split(kernel);
    }

    /// <summary>Whether all 32 threads must execute it together.</summary>
    private static bool NeedsWhole(Instruction instruction) => instruction.Opcode.Has("aligned")
        && instruction.Opcode.Effect is Effect.Warp or Effect.MatrixLoad or Effect.MatrixStore;

    /// <summary>
    /// Whether the threads of the warp that are left must execute it together. A plain <c>bar.sync</c> is not among them:
    /// hardware counts a warp when any of its threads comes.
    /// </summary>
    private bool NeedsOthers(Instruction instruction) => instruction.Opcode.Effect switch
    {
        Effect.Warp => instruction.Opcode.Has("sync"),
        Effect.Barrier => _hasReduction || (instruction.Opcode.Mnemonic == "barrier" && !instruction.Opcode.Has("aligned")),
        _ => false,
    };

    private void Guard(Block block, bool isWhole, bool isTogether)
    {
        if (!block.Code.Exists(instruction => NeedsWhole(instruction) || NeedsOthers(instruction)))
        {
            return;
        }

        _code.Clear();
        foreach (Instruction instruction in block.Code)
        {
            if (NeedsWhole(instruction))
            {
                if (!isWhole)
                {
                    StopUnless(instruction, PassContext.Imm(-1), "all threads of the warp must execute the next instruction together");
                    isWhole = isTogether = true;
                }

                StopUnlessAllOrNone(instruction);
            }
            else if (NeedsOthers(instruction))
            {
                if (!isTogether)
                {
                    StopUnless(instruction, Begun(), "threads of the warp wait for each other at the next instruction");
                    isTogether = true;
                }

                StopUnlessAllOrNone(instruction);
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
        if ((kernel.Bounds.RequiredThreads is null || kernel.Bounds.MaximumBlockThreads % 32 != 0)
            && kernel.Blocks.SelectMany(block => block.Instructions).FirstOrDefault(NeedsWhole) is { } first)
        {
            _code.Clear();
            StopUnless(first, PassContext.Imm(-1), "the warps of a block that multiplies matrices must be whole");
            kernel.Code[0].Code.InsertRange(0, _code);
        }
    }

    /// <summary>The threads that a warp begins with, as a mask.</summary>
    private RegisterOperand Begun()
    {
        if (_begun is null)
        {
            _begun = _context.NewRegister(PtxType.B32, "%tw_begun");
            _context.Prologue("activemask.b32", [PassContext.Reg(_begun)], "the threads that the warp begins with");
        }

        return PassContext.Reg(_begun);
    }

    private void StopUnless(Instruction instruction, Operand threads, string reason)
    {
        Register active = _context.NewRegister(PtxType.B32, "%tw_active");
        Register parted = _context.NewRegister(PtxType.Pred, "%tw_parted");
        Add(instruction, "activemask.b32", [PassContext.Reg(active)], reason);
        Add(instruction, "setp.ne.s32", [PassContext.Reg(parted), PassContext.Reg(active), threads], reason);
        StopIf(instruction, new Guard(parted, false), reason);
    }

    private void StopUnlessAllOrNone(Instruction instruction)
    {
        if (instruction.Guard is not { } guard || !_convergence.Varies(guard.Register))
        {
            return;
        }

        const string Reason = "all threads of the warp or none must execute the next instruction";
        Register alike = _context.NewRegister(PtxType.Pred, "%tw_alike");
        Add(instruction, "vote.sync.uni.pred", [PassContext.Reg(alike), PassContext.Reg(guard.Register), PassContext.Imm(-1)], Reason);
        StopIf(instruction, new Guard(alike, true), Reason);
    }

    private void StopIf(Instruction instruction, Guard guard, string reason)
    {
        Label stop = _context.Stops.Site(FenceStatus.Diverged, instruction.Position, null, 0, isWrite: false);
        _code.Add(InstructionFactory.Create("bra", [new LabelOperand(stop)], guard, instruction.Position, reason));
        _context.Note(instruction.Position, instruction, FenceAction.Rewritten, reason);
    }

    private void Add(Instruction instruction, string opcode, Operand[] operands, string reason) =>
        _code.Add(InstructionFactory.Create(opcode, operands, null, instruction.Position, reason));
}
