using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>A block at its place in the execution order, its exits as places.</summary>
internal sealed class BlockNode
{
    /// <summary>Longer blocks are cut, so that a method can end between the parts.</summary>
    internal const int MaxLength = 150;

    private BlockNode(int index, Instruction[] code, Instruction? terminator, int next, int[] targets)
    {
        Index = index;
        Code = code;
        Terminator = terminator;
        Next = next;
        Targets = targets;
    }

    internal int Index { get; }

    /// <summary>The instructions without the terminator.</summary>
    internal Instruction[] Code { get; }

    internal Instruction? Terminator { get; }

    /// <summary>Where control goes without a jump, or -1.</summary>
    internal int Next { get; }

    /// <summary>Where the terminator may jump, in the order of its table.</summary>
    internal int[] Targets { get; }

    internal bool Exits => Terminator is { Opcode.Effect: Effect.Exit or Effect.Return };

    /// <summary>The register that decides where threads go, when something does.</summary>
    internal Register? Decision =>
        Terminator is null ? null
        : Terminator.Guard?.Register
            ?? (Terminator is { Opcode.Effect: Effect.BranchTable, Operands: [RegisterOperand index, ..] } ? index.Register : null);

    /// <summary>How many nodes a block becomes.</summary>
    internal static int CountOf(Block block) => Math.Max((BodyLength(block) + MaxLength - 1) / MaxLength, 1);

    internal static IEnumerable<BlockNode> Of(
        Block block, int first, IReadOnlyDictionary<Label, int> byLabel, IReadOnlyDictionary<Block, int> places)
    {
        if (block.Terminator is { Opcode.Effect: Effect.Trap })
        {
            throw new CpuKernelException("a trap was left in the kernel; fence it first");
        }

        Instruction[] code = [.. block.Instructions.Take(BodyLength(block))];
        int count = CountOf(block);
        for (int i = 0; i + 1 < count; i++)
        {
            yield return new BlockNode(
                first + i, code[(i * MaxLength)..((i + 1) * MaxLength)], null, first + i + 1, []);
        }

        yield return new BlockNode(
            first + count - 1,
            code[((count - 1) * MaxLength)..],
            block.Terminator,
            block.FallsThrough && block.Next is { } next ? places[next] : -1,
            [.. block.Targets.Select(label => byLabel[label])]);
    }

    private static int BodyLength(Block block) => block.Instructions.Count - (block.Terminator is null ? 0 : 1);

    internal IEnumerable<int> Successors => Next >= 0 ? Targets.Append(Next).Distinct() : Targets.Distinct();
}
