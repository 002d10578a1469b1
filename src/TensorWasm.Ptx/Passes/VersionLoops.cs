using System.Globalization;
using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Gives innermost loops a second copy whose affine accesses are not fenced, and chooses it when a check before the
/// loop shows that every address of every iteration stays inside. The original stays, fenced, for all other cases.
/// </summary>
internal static class VersionLoops
{
    /// <summary>Beyond this many instructions a copy costs more in code than fences cost in time.</summary>
    private const int MaxInstructions = 8192;

    /// <summary>Loops that are versioned; each costs time in the size of the kernel.</summary>
    private const int MaxLoops = 256;

    /// <summary>Runs the pass.</summary>
    /// <returns>The accesses that need no fence.</returns>
    public static IReadOnlySet<Instruction> Run(PassContext context)
    {
        HashSet<Instruction> proven = [];
        ValueRanges? ranges = null;
        ControlFlowGraph graph = ControlFlowGraph.Of(context.Kernel);
        Dominators dominators = Dominators.Of(graph);
        var meetAlike = new Lazy<bool>(() => Convergence.MeetAlike(graph, context.Agreed));
        foreach (Loop loop in LoopForest.Of(graph, dominators).Loops.Where(loop => loop.IsInnermost).Take(MaxLoops))
        {
            var facts = new LoopFacts(graph, dominators, loop);
            Block[] members = [.. loop.Blocks.Order().Select(index => graph.Blocks[index])];
            if (members.Sum(block => block.Code.Count) <= MaxInstructions)
            {
                // Of the code as it was before any loop was copied.
                ranges ??= context.Ranges;
                Version(context, facts, members, new SharedAccesses(ranges, ranges.Bits), meetAlike, proven);
            }
        }

        if (proven.Count > 0)
        {
            BlockEditor.Split(context.Kernel);
            context.ForgetRanges();
        }

        return proven;
    }

    private static void Version(
        PassContext context,
        LoopFacts facts,
        Block[] members,
        SharedAccesses shared,
        Lazy<bool> meetAlike,
        HashSet<Instruction> proven)
    {
        if (!LoopConvergence.TryFind(facts, out LoopConvergence.Party party, out Instruction? barrier, out string reason))
        {
            Note(context, facts, FenceAction.NotVersioned, reason);
            return;
        }

        var evaluator = new AffineEvaluator(context, facts);
        CountedLoop? counted = CountedLoop.Of(facts);
        var checks = new RangeChecks(context, evaluator);
        bool isCounted = counted is not null
            && evaluator.Of(counted.Counter, counted.Compare) is { } first && checks.TryCount(counted, first);
        if (isCounted && party == LoopConvergence.Party.Nobody)
        {
            checks.SkipIfShort(facts.Header);
        }

        List<LoopAccess> accesses = Collect(context, facts, evaluator, shared);
        accesses.RemoveAll(access => !isCounted && !access.Address.Stride.IsZero);
        accesses = Complete([.. Groups(accesses).SelectMany(WithOneAlignment)], shared);
        HashSet<Instruction> free = [.. accesses.Select(access => access.Instruction), .. shared.Whole];
        checks.RequireShared(shared.Of(free));
        bool holds = free.Count > 0
            && evaluator.Widenings.All(w => checks.TryWidening(w.Start, w.Stride, w.IsSigned))
            && Groups(accesses).All(checks.TryGroup);
        Register? predicate = checks.Conclude();
        if (!holds || predicate is null)
        {
            Note(context, facts, FenceAction.NotVersioned, free.Count == 0
                ? "no access has an address that is known before the loop"
                : "the range of some address cannot be computed before the loop");
            return;
        }

        predicate = LoopConvergence.Agree(
            context, evaluator, party, barrier, party == LoopConvergence.Party.Block && meetAlike.Value, predicate);
        Apply(context, facts, members, free, evaluator, predicate, proven);
        Note(context, facts, FenceAction.Versioned, string.Create(
            CultureInfo.InvariantCulture,
            $"{free.Count} accesses are checked once before the loop; inside it they are not fenced"));
    }

    private static void Apply(
        PassContext context,
        LoopFacts facts,
        Block[] members,
        HashSet<Instruction> free,
        AffineEvaluator evaluator,
        Register predicate,
        HashSet<Instruction> proven)
    {
        Kernel kernel = context.Kernel;
        Block header = facts.Header;
        Block preheader = LoopEditor.InsertPreheader(kernel, header, members.ToHashSet(), "$tw_check");
        Dictionary<Block, Block> copies = LoopEditor.Clone(kernel, members);
        foreach (Block copy in copies.Values)
        {
            for (int i = 0; i < copy.Code.Count; i++)
            {
                if (free.Contains(copy.Code[i]))
                {
                    copy.Code[i] = copy.Code[i].With(reason: "its range was checked before the loop");
                    proven.Add(copy.Code[i]);
                }
            }
        }

        preheader.Code.AddRange(evaluator.Code);
        preheader.Code.Add(InstructionFactory.Create(
            "bra",
            [new LabelOperand(header.Label)],
            new Guard(predicate, IsNegated: true),
            header.Code.Count > 0 ? header.Code[0].Position : kernel.Position,
            "some address of the loop may leave its memory: run it fenced"));
        preheader.Next = copies[header];
        kernel.Code.InsertRange(kernel.Code.IndexOf(preheader) + 1, members.Select(block => copies[block]));
    }

    private static List<LoopAccess> Collect(
        PassContext context, LoopFacts facts, AffineEvaluator evaluator, SharedAccesses shared)
    {
        List<LoopAccess> accesses = [];
        foreach (int block in facts.Loop.Blocks.Order())
        {
            IReadOnlyList<Instruction> code = facts.Graph.Blocks[block].Instructions;
            for (int i = 0; i < code.Count; i++)
            {
                for (int operand = 0; operand < code[i].Operands.Count; operand++)
                {
                    if (!shared.TryAdd(code[i], operand)
                        && Describe(context, code[i], operand, new CodePoint(block, i), evaluator) is { } access)
                    {
                        accesses.Add(access);
                    }
                }
            }
        }

        return accesses;
    }

    private static LoopAccess? Describe(
        PassContext context, Instruction instruction, int index, CodePoint point, AffineEvaluator evaluator)
    {
        Effect effect = instruction.Opcode.Effect;
        bool isAccess = effect is Effect.Load or Effect.Store or Effect.Atomic or Effect.Reduction
            or Effect.MatrixLoad or Effect.MatrixStore or Effect.Copy;
        if (!isAccess || instruction.Operands[index] is not MemoryOperand memory)
        {
            return null;
        }

        StateSpace space = instruction.Opcode.Operands[index].Space;
        int bytes = AccessRules.AccessBytes(instruction.Opcode, instruction.Operands);
        bool known = space is StateSpace.Global or StateSpace.Local or StateSpace.Shared
            || (space == StateSpace.Generic && context.GenericWindows.Count == 0);
        if (!known || memory.Base is not { } address
            || (space is StateSpace.Local or StateSpace.Shared && !context.Window(space).Exists)
            || evaluator.Of(address, point) is not { } value || value.Stride.Constant % bytes != 0)
        {
            return null;
        }

        bool isWrite = effect is not (Effect.Load or Effect.MatrixLoad) && !(effect == Effect.Copy && index == 1);
        return new LoopAccess(instruction, value, memory.Offset, bytes, space, isWrite);
    }

    private static IEnumerable<IReadOnlyList<LoopAccess>> Groups(List<LoopAccess> accesses) => accesses
        .GroupBy(access => (access.Address, access.Space, access.IsWrite))
        .Select(group => (IReadOnlyList<LoopAccess>)[.. group]);

    /// <summary>An instruction needs no fence when all its addresses are known.</summary>
    private static List<LoopAccess> Complete(IReadOnlyList<LoopAccess> accesses, SharedAccesses shared) => [.. accesses
        .GroupBy(access => access.Instruction)
        .Where(of => shared.IsComplete(of.Key, of.Count()))
        .SelectMany(of => of)];

    /// <summary>
    /// Accesses that share an address share one check of its alignment, the widest one's with its offset; any that
    /// this would leave misaligned is not proven.
    /// </summary>
    private static IEnumerable<LoopAccess> WithOneAlignment(IReadOnlyList<LoopAccess> group)
    {
        LoopAccess widest = group.MaxBy(access => access.Bytes)!;
        return group.Where(access => (access.Offset - widest.Offset) % access.Bytes == 0);
    }

    private static void Note(PassContext context, LoopFacts facts, FenceAction action, string reason) => context.Note(
        facts.Header.Code.Count > 0 ? facts.Header.Code[0].Position : context.Kernel.Position,
        $"loop at {facts.Header}",
        action,
        reason);
}
