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

    private static List<Register> ReadBeforeWritten(ControlFlowGraph graph)
    {
        Kernel kernel = graph.Kernel;
        (BlockSets uses, BlockSets writes) = Find(graph);
        List<Register> found = [];
        int steps = 0;
        var visited = new int[graph.Count];
        List<int> work = [];
        foreach (Register register in kernel.RegisterList)
        {
            if (uses.HasAny(register)
                && (steps > MaxSteps || ReachesEntry(graph, register, uses, writes, visited, work, ref steps)))
            {
                found.Add(register);
            }
        }

        return found;
    }

    /// <summary>The blocks that read each register before they write it, and those that surely write it.</summary>
    private static (BlockSets Uses, BlockSets Writes) Find(ControlFlowGraph graph)
    {
        int registers = graph.Kernel.RegisterList.Count;
        var uses = new BlockSets(registers, capacity: registers / 4);
        var writes = new BlockSets(registers, capacity: registers);
        for (int block = 0; block < graph.Count; block++)
        {
            foreach (Instruction instruction in graph.Blocks[block].Code)
            {
                foreach (Register read in instruction.Reads)
                {
                    if (!writes.EndsWith(read, block))
                    {
                        uses.Add(read, block);
                    }
                }

                // A guarded write may not happen, so it ends nothing.
                if (instruction.Guard is null)
                {
                    foreach (Register written in instruction.Writes)
                    {
                        writes.Add(written, block);
                    }
                }
            }
        }

        return (uses, writes);
    }

    private static bool ReachesEntry(
        ControlFlowGraph graph,
        Register register,
        BlockSets uses,
        BlockSets writes,
        int[] visited,
        List<int> work,
        ref int steps)
    {
        // No way leads back through a block that writes it, except from where it is read before.
        int mark = register.Id + 1;
        work.Clear();
        writes.CopyTo(work, register);
        foreach (int write in work)
        {
            visited[write] = mark;
        }

        work.Clear();
        uses.CopyTo(work, register);
        foreach (int use in work)
        {
            visited[use] = mark;
        }

        while (work.Count > 0)
        {
            steps++;
            int block = work[^1];
            work.RemoveAt(work.Count - 1);
            if (block == 0)
            {
                return true;
            }

            foreach (int before in graph.Predecessors(block))
            {
                if (visited[before] != mark)
                {
                    visited[before] = mark;
                    work.Add(before);
                }
            }
        }

        return false;
    }
}
