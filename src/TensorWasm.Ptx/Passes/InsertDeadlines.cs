using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Makes every cycle look at the deadline now and then. Counted innermost loops are strip-mined: their comparison is
/// with the end of a strip instead of the end of the loop, so that an iteration costs nothing more. Loops of a
/// constant, small number of iterations are left alone. Every other retreating edge counts down, by how much work a
/// round may be. Long ways without a loop, and the beginning of blocks of very large grids, look at the deadline too.
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
        BlockEditor.Split(context.Kernel);
    }

    private void Cover()
    {
        ControlFlowGraph graph = ControlFlowGraph.Of(_context.Kernel);
        Dominators dominators = Dominators.Of(graph);
        LoopForest forest = LoopForest.Of(graph, dominators);
        long[] work = [.. graph.Blocks.Select(WorkEstimate.Of)];
        HashSet<(int From, int To)> covered = [];
        HashSet<int> polled = [];
        foreach (Loop loop in forest.Loops.Where(loop => loop.IsInnermost).Take(MaxLoops))
        {
            var facts = new LoopFacts(graph, dominators, loop);
            if (CountedLoop.Of(facts) is not { } counted)
            {
                continue;
            }

            long body = loop.Blocks.Sum(block => work[block]);
            if (ConstantTrips.Of(facts, counted) is { } trips && trips * body <= WorkEstimate.MostBetweenLooks)
            {
                Note(facts.Header, FenceAction.Short, "it runs a small constant number of iterations");
                covered.Add((facts.LatchIndex, loop.Header));
                foreach (int block in loop.Blocks)
                {
                    work[block] *= trips;
                }
            }
            else if (StripMine.TryApply(_context, _poll, facts, counted, Weight(body)))
            {
                Note(facts.Header, FenceAction.Polled, "counted, so the deadline is looked at between strips of iterations");
                covered.Add((facts.LatchIndex, loop.Header));
                polled.UnionWith(loop.Blocks);
            }
        }

        long all = work.Sum();
        var weights = new Dictionary<int, int>();
        foreach (Loop loop in forest.Loops)
        {
            weights.TryAdd(loop.Header, Weight(loop.Blocks.Sum(block => polled.Contains(block) ? 0 : work[block])));
        }

        HashSet<int> multiplying = [.. Enumerable.Range(0, graph.Count).Where(i => graph.Blocks[i].Code.Any(Multiplies))];
        HashSet<int> together = [.. forest.Loops.Where(loop => loop.Blocks.Overlaps(multiplying)).Select(loop => loop.Header)];
        LookInStraightCode(graph, work, multiplying.Count > 0);
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
                    CountDownBefore(graph.Blocks[from], Weight(all));
                    break;
                }

                bool isNatural = dominators.IsKnown && dominators.Dominates(to, from) && weights.ContainsKey(to);
                CountDown(
                    graph.Blocks[from], graph.Blocks[to], isNatural ? weights[to] : Weight(all), together.Contains(to));
            }
        }

        _poll.AtEntry();
    }

    private int Weight(long units) => WorkEstimate.Weight(units, _context.Options.PollInterval);

    /// <summary>
    /// A look at the deadline wherever a way without one has grown too long, so that also code without loops is ended.
    /// </summary>
    private void LookInStraightCode(ControlFlowGraph graph, long[] work, bool together)
    {
        var since = new long[graph.Count];
        foreach (int index in graph.Order)
        {
            long before = 0;
            foreach (int from in graph.Predecessors(index))
            {
                before = graph.Rank(from) >= 0 && !graph.IsRetreating(from, index) ? Math.Max(before, since[from]) : before;
            }

            long after = before + work[index];
            since[index] = after <= WorkEstimate.MostBetweenLooks ? after
                : LookInside(
                    graph.Blocks[index], before, WorkEstimate.Of(graph.Blocks[index]) == work[index], work[index], together);
        }
    }

    /// <summary>
    /// Puts looks into a block, or one before it when it is part of a short loop; returns the work since the last one.
    /// </summary>
    private long LookInside(Block block, long since, bool isOnce, long work, bool together)
    {
        if (!isOnce)
        {
            block.Code.InsertRange(0, _poll.Look(PositionOf(block), together));
            return work;
        }

        List<Instruction> code = new(block.Code.Count + 16);
        foreach (Instruction instruction in block.Code)
        {
            long units = WorkEstimate.Of(instruction);
            if (since + units > WorkEstimate.MostBetweenLooks)
            {
                code.AddRange(_poll.Look(instruction.Position, together));
                Note(block, FenceAction.Polled, "the code before it is long, so the deadline is looked at here");
                since = 0;
            }

            since += units;
            code.Add(instruction);
        }

        block.Code.Clear();
        block.Code.AddRange(code);
        return since;
    }

    private void CountDown(Block from, Block to, int weight, bool together)
    {
        Kernel kernel = _context.Kernel;
        Syntax.SourcePosition position = from.Code.Count > 0 ? from.Code[^1].Position : kernel.Position;
        var edge = new Block(kernel.NewLabel("$tw_count"));
        Block poll = Count(edge, to, weight, position, together);
        LoopEditor.Retarget(from, to, edge);
        Insert(from, edge, poll);
        Note(to, FenceAction.Polled, "its iterations are counted down to the next look at the deadline");
    }

    private void CountDownBefore(Block block, int weight)
    {
        Instruction jump = block.Code[^1];
        var tail = new Block(_context.Kernel.NewLabel("$tw_jump")) { Next = block.Next };
        tail.Code.Add(jump);
        block.Code.RemoveAt(block.Code.Count - 1);
        Block poll = Count(block, tail, weight, jump.Position);
        Insert(block, poll, tail);
        Note(block, FenceAction.Polled, "its jumps are counted down to the next look at the deadline");
    }

    /// <summary>Appends the count to a block that then goes to another; returns the block that looks at the deadline.</summary>
    private Block Count(Block edge, Block to, int weight, Syntax.SourcePosition position, bool together = false)
    {
        var left = PassContext.Reg(_poll.Left(together));
        Ir.Register more = _context.NewRegister(Isa.PtxType.Pred, "%tw_more");
        edge.Code.Add(InstructionFactory.Create(
            "add.s32", [left, left, PassContext.Imm(-weight)], null, position, DeadlinePoll.Reason));
        edge.Code.Add(InstructionFactory.Create(
            "setp.gt.s32", [PassContext.Reg(more), left, PassContext.Imm(0)], null, position, DeadlinePoll.Reason));
        edge.Code.Add(InstructionFactory.Create(
            "bra", [new LabelOperand(to.Label)], new Guard(more, false), position, DeadlinePoll.Reason));
        Block poll = _poll.Create(to, position, together);
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

    /// <summary>Warps that multiply matrices together must stop together (see <see cref="DeadlinePoll.Look"/>).</summary>
    private static bool Multiplies(Instruction instruction) => instruction.Opcode.Effect == Isa.Effect.Wgmma;

    private Syntax.SourcePosition PositionOf(Block block) =>
        block.Code.Count > 0 ? block.Code[0].Position : _context.Kernel.Position;

    private void Note(Block header, FenceAction action, string reason) => _context.Note(
        header.Code.Count > 0 ? header.Code[0].Position : _context.Kernel.Position, $"loop at {header}", action, reason);
}
