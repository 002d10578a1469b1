using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>
/// The shape of each register and, with it, which branches may send the threads of a warp different ways. Both start
/// from the best assumption and are corrected until nothing changes.
/// </summary>
internal sealed class ShapeAnalysis
{
    private readonly KernelGraph _graph;
    private readonly LaunchClass _launch;
    private readonly AffineRules _rules;
    private readonly long _localStride;
    private readonly Shape[] _shapes;
    private readonly BitSet[] _kept;
    private int _rounds;

    internal ShapeAnalysis(
        KernelGraph graph, LaunchClass launch, bool speculates, IReadOnlySet<Instruction> distrusted, long localStride)
    {
        _graph = graph;
        _launch = launch;
        _localStride = localStride;
        _rules = new AffineRules(launch, speculates, distrusted, localStride);
        _shapes = new Shape[graph.Liveness.Registers];
        _kept = [.. graph.Nodes.Select(_ => new BitSet(graph.Liveness.Registers))];
        do
        {
            Frontiers = new Frontiers(graph, IsDivergent);
            foreach (BlockNode node in graph.Nodes)
            {
                foreach (int waiting in Frontiers.Waiting(node.Index).Items())
                {
                    _kept[node.Index].UnionWith(graph.Liveness.At(waiting));
                }
            }
        }
        while (Refine());
    }

    internal Frontiers Frontiers { get; private set; }

    internal Shape Of(int register) => _shapes[register].Kind == ShapeKind.Unknown ? Shape.Uniform : _shapes[register];

    internal Shape Of(Operand operand) => operand switch
    {
        RegisterOperand register => Of(register.Register.Id),
        SpecialOperand special => Of(special.Register),
        VectorOperand vector => vector.Elements.Select(Of).Aggregate(Shape.Uniform, (all, one) => all.Join(one)),
        PairOperand => Shape.Vector,
        _ => Shape.Uniform,
    };

    internal AffineRule RuleOf(Instruction instruction) =>
        (SourcesAreUniform(instruction) && !IsLocalWindow(instruction)) || ComparesAlike(instruction)
            ? AffineRule.Linear
            : _rules.Of(instruction, Of).Rule;

    /// <summary>Whether the threads of a warp may leave a block differently.</summary>
    internal bool IsDivergent(int block) =>
        _graph.Nodes[block].Decision is { } decision && !Of(decision.Id).IsUniform;

    /// <summary>Whether threads that do not run this instruction will read the register's old value.</summary>
    internal bool IsKept(int block, Instruction instruction, int register) =>
        _kept[block][register] || (instruction.Guard is { } guard && !Of(guard.Register.Id).IsUniform);

    /// <summary>The registers that threads read which wait while a block runs.</summary>
    internal BitSet KeptAt(int block) => _kept[block];

    /// <summary>The shape of an address: of the register, and of the thread's own place for local memory.</summary>
    internal Shape OfAddress(Instruction instruction, MemoryOperand memory)
    {
        Shape shape = memory.Base is { } register ? Of(register.Id) : Shape.Uniform;
        return shape.IsScalar && SpaceOf(instruction, memory) == StateSpace.Local
            ? Shape.Affine(shape.Stride + _localStride)
            : shape;
    }

    /// <summary>The space of an access, by its variable where the opcode names none.</summary>
    internal static StateSpace SpaceOf(Instruction instruction, MemoryOperand memory)
    {
        int index = IndexOf(instruction, memory);
        StateSpace space = instruction.Opcode.Operands[index].Space;
        return space == StateSpace.Generic && memory.Variable is { } variable ? variable.Space : space;
    }

    private static int IndexOf(Instruction instruction, MemoryOperand memory)
    {
        for (int i = 0; ; i++)
        {
            if (ReferenceEquals(instruction.Operands[i], memory))
            {
                return i;
            }
        }
    }

    private Shape Of(SpecialRegister special) => special.Name switch
    {
        "%tid.x" => _launch.HasRows ? Shape.Affine(1) : Shape.Vector,
        "%tid.y" or "%tid.z" => _launch.HasRows ? Shape.Uniform : Shape.Vector,
        "%laneid" => Shape.Affine(1),
        "%lanemask_eq" or "%lanemask_le" or "%lanemask_lt" or "%lanemask_ge" or "%lanemask_gt" => Shape.Vector,
        _ => Shape.Uniform,
    };

    private bool Refine()
    {
        bool any = false;
        bool changed = true;
        while (changed)
        {
            changed = false;
            bool gaveUp = ++_rounds > CpuLimits.ShapeRounds;
            foreach (BlockNode node in _graph.Nodes)
            {
                foreach (Instruction instruction in node.Code)
                {
                    foreach (int register in _graph.Liveness.Writes(instruction))
                    {
                        Shape result = gaveUp || IsKept(node.Index, instruction, register)
                            ? Shape.Vector
                            : ResultOf(instruction, register);
                        Shape joined = _shapes[register].Join(result);
                        changed |= joined != _shapes[register];
                        _shapes[register] = joined;
                    }
                }
            }

            any |= changed;
        }

        return any;
    }

    private Shape ResultOf(Instruction instruction, int register)
    {
        switch (instruction.Opcode.Effect)
        {
            case Effect.Load:
                return OfAddress(instruction, (MemoryOperand)instruction.Operands[1]).IsUniform
                    && instruction.Opcode.Type!.Bits <= 64
                    ? Shape.Uniform
                    : Shape.Vector;
            case Effect.Barrier:
                return Shape.Uniform;
            case Effect.Warp:
                bool same = instruction.Opcode.Mnemonic is "vote" or "redux" or "activemask"
                    && SourceIsUniform(instruction, instruction.Operands.Count - 1);
                return same ? Shape.Uniform : Shape.Vector;
            case Effect.None or Effect.Carry or Effect.Address:
                if (IsWide(instruction))
                {
                    return Shape.Vector;
                }

                if (SourcesAreUniform(instruction) && !IsLocalWindow(instruction))
                {
                    return Shape.Uniform;
                }

                if (ComparesAlike(instruction))
                {
                    return Shape.Uniform;
                }

                bool single = instruction.Opcode.Effect != Effect.Carry
                    && instruction.Operands[0] is RegisterOperand only && only.Register.Id == register
                    && only.Register.Type.Bits == (instruction.Opcode.Has("wide") ? 64 : instruction.Opcode.Type?.Bits);
                return single ? _rules.Of(instruction, Of).Shape : Shape.Vector;
            default:
                return Shape.Vector;
        }
    }

    private static bool IsWide(Instruction instruction) =>
        instruction.Writes.Any(register => register.Type.Bits == 128)
        || instruction.Reads.Any(register => register.Type.Bits == 128);

    /// <summary>Each thread has its own window of local memory.</summary>
    private static bool IsLocalWindow(Instruction instruction) =>
        instruction.Opcode is { Mnemonic: "cvta" or "isspacep", Space: StateSpace.Local };

    /// <summary>Whether affine values of one stride are compared for equality: their difference is the same for all.</summary>
    internal bool ComparesAlike(Instruction instruction) =>
        instruction.Opcode is { Mnemonic: "setp", Type: { Class: TypeClass.Integer or TypeClass.Bits, Bits: 32 or 64 } }
        && instruction.Opcode.Modifier("C") is "eq" or "ne"
        && Of(instruction.Operands[1]) is { IsScalar: true } left && left == Of(instruction.Operands[2])
        && (instruction.Operands.Count < 4 || Of(instruction.Operands[3]).IsUniform);

    private bool SourceIsUniform(Instruction instruction, int index) =>
        index < 1 || Of(instruction.Operands[index]).IsUniform;

    private bool SourcesAreUniform(Instruction instruction)
    {
        for (int i = 0; i < instruction.Operands.Count; i++)
        {
            if (instruction.Opcode.Operands[i].IsRead && !Of(instruction.Operands[i]).IsUniform)
            {
                return false;
            }
        }

        return instruction.Opcode.Mnemonic is not ("addc" or "subc" or "madc") || Of(_graph.Liveness.CarryFlag).IsUniform;
    }
}
