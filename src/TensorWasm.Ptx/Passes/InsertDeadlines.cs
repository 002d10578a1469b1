using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Makes every cycle look at the deadline now and then. Counted innermost loops are strip-mined: their comparison is
/// with the end of a strip instead of the end of the loop, so that an iteration costs nothing more. Loops of a
/// constant, small number of iterations are left alone. Every other retreating edge counts down.
/// </summary>
internal sealed class InsertDeadlines
{
    private readonly PassContext _context;
    private readonly DeadlinePoll _poll;
    private readonly Dictionary<Block, List<Block>> _inserted = [];

    /// <summary>Loops that are looked at more closely; each costs time in the size of the kernel.</summary>
    private const int MaxLoops = 256;

    private InsertDeadlines(PassContext context)
    {
        _context = context;
        _poll = new DeadlinePoll(context);
    }

    public static void Run(PassContext context)
    {
        if (context.Options.Deadline == DeadlineKind.None)
        {
            return;
        }

        var pass = new InsertDeadlines(context);
        pass.Cover();
        BlockEditor.InsertAfter(context.Kernel, pass._inserted);
        if (context.Options.PollAtEntry)
        {
            pass._poll.AtEntry();
        }

        BlockEditor.Split(context.Kernel);
    }

    private void Cover()
    {
        ControlFlowGraph graph = ControlFlowGraph.Of(_context.Kernel);
        Dominators dominators = Dominators.Of(graph);
        HashSet<(int From, int To)> covered = [];
        foreach (Loop loop in LoopForest.Of(graph, dominators).Loops.Where(loop => loop.IsInnermost).Take(MaxLoops))
        {
            var facts = new LoopFacts(graph, dominators, loop);
            if (CountedLoop.Of(facts) is not { } counted)
            {
                continue;
            }

            if (ConstantTrips.IsShort(facts, counted))
            {
                Note(facts.Header, FenceAction.Short, "it runs a small constant number of iterations");
                covered.Add((facts.LatchIndex, loop.Header));
            }
            else if (StripMine.TryApply(_context, _poll, facts, counted))
            {
                Note(facts.Header, FenceAction.Polled, "counted, so the deadline is looked at between strips of iterations");
                covered.Add((facts.LatchIndex, loop.Header));
            }
        }

        foreach (int from in graph.Order)
        {
            foreach (int to in graph.Successors(from))
            {
                if (!graph.IsRetreating(from, to) || covered.Contains((from, to)))
                {
                    continue;
                }

                if (graph.Blocks[from].Terminator?.Opcode.Effect == Isa.Effect.BranchTable)
                {
                    // One count before the jump covers all its targets, of which there may be very many.
                    CountDownBefore(graph.Blocks[from]);
                    break;
                }

                CountDown(graph.Blocks[from], graph.Blocks[to]);
            }
        }
    }

    private void CountDown(Block from, Block to)
    {
        Kernel kernel = _context.Kernel;
        Syntax.SourcePosition position = from.Code.Count > 0 ? from.Code[^1].Position : kernel.Position;
        var edge = new Block(kernel.NewLabel("$tw_count"));
        Block poll = Count(edge, to, position);
        LoopEditor.Retarget(from, to, edge);
        Insert(from, edge, poll);
        Note(to, FenceAction.Polled, "its iterations are counted down to the next look at the deadline");
    }

    private void CountDownBefore(Block block)
    {
        Instruction jump = block.Code[^1];
        var tail = new Block(_context.Kernel.NewLabel("$tw_jump")) { Next = block.Next };
        tail.Code.Add(jump);
        block.Code.RemoveAt(block.Code.Count - 1);
        Block poll = Count(block, tail, jump.Position);
        Insert(block, poll, tail);
        Note(block, FenceAction.Polled, "its jumps are counted down to the next look at the deadline");
    }

    /// <summary>Appends the count to a block that then goes to another; returns the block that looks at the deadline.</summary>
    private Block Count(Block edge, Block to, Syntax.SourcePosition position)
    {
        var left = PassContext.Reg(_poll.Left);
        Ir.Register more = _context.NewRegister(Isa.PtxType.Pred, "%tw_more");
        edge.Code.Add(InstructionFactory.Create(
            "add.s32", [left, left, PassContext.Imm(-1)], null, position, DeadlinePoll.Reason));
        edge.Code.Add(InstructionFactory.Create(
            "setp.gt.s32", [PassContext.Reg(more), left, PassContext.Imm(0)], null, position, DeadlinePoll.Reason));
        edge.Code.Add(InstructionFactory.Create(
            "bra", [new LabelOperand(to.Label)], new Guard(more, false), position, DeadlinePoll.Reason));
        Block poll = _poll.Create(to, position);
        edge.Next = poll;
        return poll;
    }

    private void Insert(Block from, params Block[] blocks)
    {
        if (!_inserted.TryGetValue(from, out List<Block>? following))
        {
            _inserted.Add(from, following = []);
        }

        following.AddRange(blocks);
    }

    private void Note(Block header, FenceAction action, string reason) => _context.Note(
        header.Code.Count > 0 ? header.Code[0].Position : _context.Kernel.Position, $"loop at {header}", action, reason);
}
