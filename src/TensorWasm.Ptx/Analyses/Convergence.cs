using System.Collections.Frozen;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Analyses;

/// <summary>
/// Which registers have one value for all threads of a warp, or of a thread block, that are left, and which blocks they
/// run as a whole. Threads part at a branch whose condition differs between them, and meet where all ways from it do. Where they meet
/// nobody any more, threads that do not wait for others on their way to the end have left those that do, who are
/// together then, though the warp is not whole. Of a thread block, "together" means that all go the same way, not that
/// they do at one time.
/// </summary>
internal sealed class Convergence
{
    /// <summary>Rounds over the code; each block or register changes once, and all are found in a few.</summary>
    private const int MaxRounds = 64;

    /// <summary>Registers that are the same for a whole thread block, whenever they are read.</summary>
    private static readonly string[] OfThreadBlock = ["%ctaid", "%nctaid", "%ntid", "%dynamic_smem_size", "%total_smem_size"];

    private readonly ControlFlowGraph _graph;
    private readonly PostDominators _meetings;
    private readonly PostDominators _laterMeetings;
    private readonly bool[] _varies;
    private readonly bool[] _isApart;
    private readonly bool[] _isDivided;
    private readonly bool[] _leadsToMeeting;
    private readonly bool[] _isSplit;
    private readonly bool _genericIsGlobal;
    private readonly bool _isOfBlock;
    private readonly IReadOnlySet<Register> _agreed;

    private Convergence(ControlFlowGraph graph, bool isOfBlock, IReadOnlySet<Register> agreed)
    {
        _graph = graph;
        _isOfBlock = isOfBlock;
        _agreed = agreed;
        _meetings = PostDominators.Of(graph);
        _varies = new bool[graph.Kernel.Registers.Count];
        _isApart = new bool[graph.Count];
        _isDivided = new bool[graph.Count];
        _leadsToMeeting = LeadsToMeeting(graph);
        _laterMeetings = PostDominators.Among(graph, _leadsToMeeting);
        _isSplit = new bool[graph.Count];
        _genericIsGlobal = graph.Kernel.Variables.All(variable => variable.Space != StateSpace.Local);
        int round = 0;
        while (Round())
        {
            if (++round == MaxRounds)
            {
                Array.Fill(_isApart, true);
                Array.Fill(_isDivided, true);
                Array.Fill(_varies, true);
                return;
            }
        }
    }

    /// <summary>Of the threads of a warp.</summary>
    public static Convergence OfWarps(ControlFlowGraph graph) => new(graph, false, FrozenSet<Register>.Empty);

    /// <summary>
    /// Whether all threads of a thread block that are left come to each of its barriers, one after the other: then no two
    /// can meet.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="agreed">Registers that hold what a block agreed on, though they are not computed so that it can be seen.</param>
    public static bool MeetAlike(ControlFlowGraph graph, IReadOnlySet<Register> agreed)
    {
        var convergence = new Convergence(graph, true, agreed);
        return Enumerable.Range(0, graph.Count).All(block => graph.Blocks[block].Instructions
            .Where(instruction => instruction.Opcode.Effect == Effect.Barrier)
            .All(barrier => convergence.IsTogether(block)
                && (barrier.Guard is not { } guard || !convergence.Varies(guard.Register))));
    }

    /// <summary>Whether all run a block as a whole, none of the threads gone or elsewhere.</summary>
    public bool IsWhole(int block) => !_isApart[block];

    /// <summary>Whether all threads that are left run a block together.</summary>
    public bool IsTogether(int block) => !_isDivided[block];

    /// <summary>Whether threads that are left may hold different values in a register.</summary>
    public bool Varies(Register register) => _varies[register.Id];

    private bool Round()
    {
        bool changed = false;
        foreach (int block in _graph.Order)
        {
            foreach (Instruction instruction in _graph.Blocks[block].Code)
            {
                if (!AllVary(instruction.Writes) && Differs(instruction, _isDivided[block]))
                {
                    foreach (Register written in instruction.Writes)
                    {
                        _varies[written.Id] = true;
                    }

                    changed = true;
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

    private bool AllVary(ArrayView<Register> registers)
    {
        foreach (Register register in registers)
        {
            if (!_varies[register.Id])
            {
                return false;
            }
        }

        return true;
    }

    private bool AnyVaries(ArrayView<Register> registers)
    {
        foreach (Register register in registers)
        {
            if (_varies[register.Id])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether threads leave a block by different ways.</summary>
    private bool Parts(Instruction end) => end.Guard is { } guard
        ? _varies[guard.Register.Id]
        : end.Opcode.Effect == Effect.BranchTable && AnyVaries(end.Reads);

    /// <summary>Marks what lies between a branch and the place where its ways meet.</summary>
    private void Part(int branch)
    {
        Mark(_isApart, _graph.Successors(branch), _meetings.Immediate(branch));
        int[] staying = [.. _graph.Successors(branch).Where(way => _leadsToMeeting[way]).Distinct()];
        if (staying.Length > 1)
        {
            Mark(_isDivided, staying, _laterMeetings.Immediate(branch));
        }
    }

    private void Mark(bool[] marks, IEnumerable<int> ways, int? meeting)
    {
        Stack<int> work = new(ways);
        while (work.TryPop(out int block))
        {
            if (block != meeting && !marks[block])
            {
                marks[block] = true;
                foreach (int next in _graph.Successors(block))
                {
                    work.Push(next);
                }
            }
        }
    }

    /// <summary>Whether a thread that runs a block may still come to an instruction at which it waits for others.</summary>
    private static bool[] LeadsToMeeting(ControlFlowGraph graph)
    {
        var leads = new bool[graph.Count];
        Stack<int> work = new();
        for (int block = 0; block < graph.Count; block++)
        {
            if (graph.Blocks[block].Code.Exists(Waits))
            {
                leads[block] = true;
                work.Push(block);
            }
        }

        while (work.TryPop(out int block))
        {
            foreach (int before in graph.Predecessors(block))
            {
                if (!leads[before])
                {
                    leads[before] = true;
                    work.Push(before);
                }
            }
        }

        return leads;
    }

    /// <summary>Whether threads that execute an instruction wait for others.</summary>
    public static bool Waits(Instruction instruction) =>
        instruction.Opcode.Effect is Effect.Barrier or Effect.Wgmma or Effect.WgmmaSync or Effect.MatrixLoad or Effect.MatrixStore
        || (instruction.Opcode.Effect == Effect.Warp && instruction.Opcode.Has("sync"));

    private bool Differs(Instruction instruction, bool isDivided)
    {
        foreach (Register written in instruction.Writes)
        {
            if (_agreed.Contains(written))
            {
                return false;
            }
        }

        if (isDivided || (instruction.Guard is { } guard && _varies[guard.Register.Id]))
        {
            return true;
        }

        PtxOpcode opcode = instruction.Opcode;
        switch (opcode.Effect)
        {
            case Effect.Barrier:
                return false;
            case Effect.Warp when _isOfBlock && opcode.Mnemonic == "vote" && !opcode.Has("ballot"):
                return instruction.Operands.Skip(1).Any(Differs);
            case Effect.Warp when _isOfBlock:
            case Effect.Load when _isOfBlock && opcode.Space is not (StateSpace.Param or StateSpace.Const):
                // Warps differ; and what one thread finds in memory the next may have changed.
                return true;
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

        foreach (Operand operand in instruction.Operands)
        {
            if (operand is SpecialOperand { Register: var special } && Differs(special))
            {
                return true;
            }
        }

        return AnyVaries(instruction.Reads);
    }

    private bool Differs(Operand operand) => operand switch
    {
        RegisterOperand { Register: var register } => Varies(register),
        ImmediateOperand => false,
        _ => true,
    };

    private bool Differs(SpecialRegister special) => _isOfBlock
        ? !OfThreadBlock.Any(name => special.Name.StartsWith(name, StringComparison.Ordinal))
        : special.Name.StartsWith("%tid", StringComparison.Ordinal) || special.Name.StartsWith("%lane", StringComparison.Ordinal);
}
