using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Analyses;

/// <summary>
/// Which registers have one value for all threads of a warp, and which blocks a warp runs as a whole, none of its
/// threads gone or elsewhere. Threads part at a branch whose condition differs between them, and meet where all ways
/// from it do, unless some end on the way.
/// </summary>
internal sealed class Convergence
{
    /// <summary>Rounds over the code; each block or register changes once, and all are found in a few.</summary>
    private const int MaxRounds = 64;

    private readonly ControlFlowGraph _graph;
    private readonly PostDominators _meetings;
    private readonly bool[] _varies;
    private readonly bool[] _isApart;
    private readonly bool[] _isSplit;
    private readonly bool _genericIsGlobal;

    private Convergence(ControlFlowGraph graph)
    {
        _graph = graph;
        _meetings = PostDominators.Of(graph);
        _varies = new bool[graph.Kernel.Registers.Count];
        _isApart = new bool[graph.Count];
        _isSplit = new bool[graph.Count];
        _genericIsGlobal = graph.Kernel.Variables.All(variable => variable.Space != StateSpace.Local);
        int round = 0;
        while (Round())
        {
            if (++round == MaxRounds)
            {
                Array.Fill(_isApart, true);
                Array.Fill(_varies, true);
                return;
            }
        }
    }

    public static Convergence Of(ControlFlowGraph graph) => new(graph);

    /// <summary>Whether every warp runs a block as a whole.</summary>
    public bool IsWhole(int block) => !_isApart[block];

    /// <summary>Whether threads of a warp may hold different values in a register.</summary>
    public bool Varies(Register register) => _varies[register.Id];

    private bool Round()
    {
        bool changed = false;
        foreach (int block in _graph.Order)
        {
            foreach (Instruction instruction in _graph.Blocks[block].Instructions)
            {
                if (instruction.Writes.Count > 0 && Differs(instruction, _isApart[block]))
                {
                    foreach (Register written in instruction.Writes)
                    {
                        changed |= !_varies[written.Id];
                        _varies[written.Id] = true;
                    }
                }
            }

            if (!_isSplit[block] && _graph.Blocks[block].Terminator is { } end && Parts(end))
            {
                _isSplit[block] = changed = true;
                Part(block);
            }
        }

        return changed;
    }

    /// <summary>Whether threads of a warp leave a block by different ways.</summary>
    private bool Parts(Instruction end) => end.Guard is { } guard
        ? _varies[guard.Register.Id]
        : end.Opcode.Effect == Effect.BranchTable && end.Reads.Any(Varies);

    /// <summary>Marks what lies between a branch and the place where its ways meet.</summary>
    private void Part(int branch)
    {
        int? meeting = _meetings.Immediate(branch);
        Stack<int> work = new(_graph.Successors(branch));
        while (work.TryPop(out int block))
        {
            if (block != meeting && !_isApart[block])
            {
                _isApart[block] = true;
                foreach (int next in _graph.Successors(block))
                {
                    work.Push(next);
                }
            }
        }
    }

    private bool Differs(Instruction instruction, bool isApart)
    {
        if (isApart || (instruction.Guard is { } guard && _varies[guard.Register.Id]))
        {
            return true;
        }

        PtxOpcode opcode = instruction.Opcode;
        switch (opcode.Effect)
        {
            case Effect.Barrier:
                return false;
            case Effect.Warp when opcode.Mnemonic is "vote" or "redux" or "activemask" || (opcode.Mnemonic == "match" && opcode.Has("all")):
                return false;
            case Effect.Warp when opcode.Mnemonic == "shfl" && opcode.Has("idx"):
                // All read one lane's value, and whether it is in range.
                return instruction.Operands.Skip(2).Take(2).Any(Differs);
            case Effect.Warp or Effect.Atomic or Effect.MatrixLoad or Effect.Wgmma:
                return true;
            case Effect.Load when opcode.Space == StateSpace.Local || (opcode.Space == StateSpace.Generic && !_genericIsGlobal):
                return true;
        }

        return instruction.Operands.Any(operand => operand is SpecialOperand { Register: var special } && IsOfThread(special))
            || instruction.Reads.Any(Varies);
    }

    private bool Differs(Operand operand) => operand switch
    {
        RegisterOperand { Register: var register } => Varies(register),
        ImmediateOperand => false,
        _ => true,
    };

    private static bool IsOfThread(SpecialRegister special) =>
        special.Name.StartsWith("%tid", StringComparison.Ordinal)
        || special.Name.StartsWith("%lane", StringComparison.Ordinal);
}
