using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Sets registers that could be read before they are written to zero: the hardware leaves in them what the last
/// kernel, another tenant's, had there.
/// </summary>
internal static class InitializeRegisters
{
    /// <summary>Steps of the search; beyond it every register is set, which is always correct.</summary>
    private const int MaxSteps = 1 << 24;

    public static void Run(PassContext context)
    {
        // The instructions go into the entry block, not the prologue: later analyses must see these definitions.
        Kernel kernel = context.Kernel;
        const string Reason = "the register may be read before it is written";
        List<Instruction> inserted = [];
        void Add(string opcode, params Operand[] operands) =>
            inserted.Add(InstructionFactory.Create(opcode, operands, null, kernel.Position, Reason));
        Register? zero = null;
        Register[] registers = [.. ReadBeforeWritten(ControlFlowGraph.Of(kernel)).Except(context.HiddenRegisters)];
        foreach (Register register in registers)
        {
            if (register.Type.Bits == 128)
            {
                if (zero is null)
                {
                    zero = context.NewRegister(PtxType.B64, "%tw_zero");
                    Add("mov.b64", PassContext.Reg(zero), PassContext.Imm(0));
                }

                Add(
                    "mov.b128",
                    PassContext.Reg(register),
                    new VectorOperand([PassContext.Reg(zero), PassContext.Reg(zero)]));
            }
            else
            {
                string opcode = register.Type == PtxType.Pred ? "mov.pred" : $"mov.b{register.Type.Bits}";
                Add(opcode, PassContext.Reg(register), PassContext.Imm(0));
            }

            context.Note(kernel.Position, register.Name, FenceAction.Rewritten, Reason);
        }

        kernel.Code[0].Code.InsertRange(0, inserted);
    }

    private static IEnumerable<Register> ReadBeforeWritten(ControlFlowGraph graph)
    {
        Kernel kernel = graph.Kernel;
        List<int>?[] exposed = ExposedUses(graph);
        HashSet<long> killed = Kills(graph, exposed);
        int steps = 0;
        var visited = new int[graph.Count];
        Stack<int> work = [];
        for (int register = 0; register < exposed.Length; register++)
        {
            if (exposed[register] is { } uses
                && (steps > MaxSteps || ReachesEntry(graph, register, uses, killed, visited, work, ref steps)))
            {
                yield return kernel.Registers[register];
            }
        }
    }

    private static long Key(int register, int block) => ((long)register << 32) | (uint)block;

    /// <summary>The blocks that read each register before they write it; null where there is none.</summary>
    private static List<int>?[] ExposedUses(ControlFlowGraph graph)
    {
        var exposed = new List<int>?[graph.Kernel.Registers.Count];
        var writtenIn = new int[exposed.Length];
        for (int block = 0; block < graph.Count; block++)
        {
            foreach (Instruction instruction in graph.Blocks[block].Code)
            {
                foreach (Register read in instruction.Read)
                {
                    if (writtenIn[read.Id] != block + 1)
                    {
                        List<int> uses = exposed[read.Id] ??= [];
                        if (uses.Count == 0 || uses[^1] != block)
                        {
                            uses.Add(block);
                        }
                    }
                }

                // A guarded write may not happen, so it ends nothing.
                if (instruction.Guard is null)
                {
                    foreach (Register written in instruction.Written)
                    {
                        writtenIn[written.Id] = block + 1;
                    }
                }
            }
        }

        return exposed;
    }

    /// <summary>Which blocks surely write a register; only of those that live beyond a block.</summary>
    private static HashSet<long> Kills(ControlFlowGraph graph, List<int>?[] exposed)
    {
        HashSet<long> killed = [];
        for (int block = 0; block < graph.Count; block++)
        {
            foreach (Instruction instruction in graph.Blocks[block].Code)
            {
                if (instruction.Guard is null)
                {
                    foreach (Register written in instruction.Written)
                    {
                        if (exposed[written.Id] is not null)
                        {
                            killed.Add(Key(written.Id, block));
                        }
                    }
                }
            }
        }

        return killed;
    }

    private static bool ReachesEntry(
        ControlFlowGraph graph,
        int register,
        List<int> uses,
        HashSet<long> killed,
        int[] visited,
        Stack<int> work,
        ref int steps)
    {
        work.Clear();
        foreach (int use in uses)
        {
            visited[use] = register + 1;
            work.Push(use);
        }

        while (work.TryPop(out int block))
        {
            steps++;
            if (block == 0)
            {
                return true;
            }

            foreach (int before in graph.Predecessors(block))
            {
                if (visited[before] != register + 1 && !killed.Contains(Key(register, before)))
                {
                    visited[before] = register + 1;
                    work.Push(before);
                }
            }
        }

        return false;
    }
}
