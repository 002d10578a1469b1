using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Analyses;

/// <summary>Where the registers of one innermost loop are written, and which of them step by a fixed amount.</summary>
internal sealed class LoopFacts
{
    private readonly Dominators _dominators;
    private readonly RegisterTable<(CodePoint First, int Count)> _definitions;
    private readonly int _latch;

    public LoopFacts(ControlFlowGraph graph, Dominators dominators, Loop loop)
    {
        _dominators = dominators;
        Graph = graph;
        Loop = loop;
        _latch = loop.Latches.Count == 1 ? loop.Latches[0] : -1;
        _definitions = new(graph.Kernel.RegisterList.Count);
        foreach (int block in loop.Blocks)
        {
            List<Instruction> code = graph.Blocks[block].Code;
            for (int i = 0; i < code.Count; i++)
            {
                foreach (Register register in code[i].Writes)
                {
                    ref (CodePoint First, int Count) definitions = ref _definitions[register];
                    if (definitions.Count++ == 0)
                    {
                        definitions.First = new CodePoint(block, i);
                    }
                }
            }
        }
    }

    public ControlFlowGraph Graph { get; }

    public Loop Loop { get; }

    public Block Header => Graph.Blocks[Loop.Header];

    /// <summary>The block that jumps back, or null when there are several.</summary>
    public Block? Latch => _latch < 0 ? null : Graph.Blocks[_latch];

    public int LatchIndex => _latch;

    public bool IsInvariant(Register register) => !_definitions.Has(register);

    public Instruction At(CodePoint point) => Graph.Blocks[point.Block].Code[point.Index];

    /// <summary>Whether each complete iteration goes through a block.</summary>
    public bool IsOnEveryPath(int block) => _latch >= 0 && _dominators.Dominates(block, _latch);

    /// <summary>The only definition in the loop, when it happens exactly once in each iteration.</summary>
    public CodePoint? OncePerIteration(Register register) =>
        _latch >= 0 && Only(register) is { } point && _dominators.Dominates(point.Block, _latch) ? point : null;

    /// <summary>The only unguarded definition in the loop, which may be skipped in an iteration.</summary>
    public CodePoint? Only(Register register) =>
        _definitions.Has(register) && _definitions[register] is { Count: 1, First: var point } && At(point).Guard is null
            ? point
            : null;

    /// <summary>Whether the first place is always passed before the second within an iteration.</summary>
    public bool Precedes(CodePoint first, CodePoint second) => first.Block == second.Block
        ? first.Index < second.Index
        : _dominators.Dominates(first.Block, second.Block);

    /// <summary>
    /// How a register steps by a constant or by an invariant register: <c>add r, r, c</c>, or <c>add q, r, c</c> and <c>mov r, q</c>.
    /// </summary>
    public Induction? Induction(Register register)
    {
        if (OncePerIteration(register) is not { } point)
        {
            return null;
        }

        Instruction update = At(point);
        if (StepOf(update, register) is { } step)
        {
            return step with { Point = point };
        }

        // The copy that a compiler leaves for a phi function.
        if (update.Opcode.Mnemonic == "mov" && update.Operands[1] is RegisterOperand { Register: var next }
            && OncePerIteration(next) is { } nextPoint && Precedes(nextPoint, point)
            && StepOf(At(nextPoint), register) is { } copied)
        {
            return copied with { Point = point };
        }

        return null;
    }

    private Induction? StepOf(Instruction instruction, Register register)
    {
        PtxOpcode opcode = instruction.Opcode;
        bool integer = opcode.Type is { Class: TypeClass.Integer, Bits: 32 or 64 } && opcode.Effect == Effect.None
            && !opcode.Has("sat");
        if (!integer || opcode.Mnemonic is not ("add" or "sub"))
        {
            return null;
        }

        bool first = instruction.Operands[1] is RegisterOperand a && a.Register == register;
        bool second = instruction.Operands[2] is RegisterOperand b && b.Register == register;
        Operand other = instruction.Operands[first ? 2 : 1];
        if (first == second || (second && opcode.Mnemonic == "sub"))
        {
            return null;
        }

        if (other is RegisterOperand { Register: var by } && opcode.Mnemonic == "add" && IsInvariant(by)
            && by.Type.Bits == register.Type.Bits)
        {
            return new Induction(default, 0, by);
        }

        if (other is not ImmediateOperand constant)
        {
            return null;
        }

        long step = Constants.Signed(constant, opcode.Type!.Bits);
        if (!Constants.IsSmall(step))
        {
            return null;
        }

        return new Induction(default, opcode.Mnemonic == "sub" ? -step : step, null);
    }
}
