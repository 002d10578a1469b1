using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Which registers a thread may still read at the start of each block.</summary>
internal sealed class Liveness
{
    private readonly BitSet[] _in;
    private readonly KernelGraph _graph;
    private readonly BitSet _crossing;

    internal Liveness(KernelGraph graph)
    {
        _graph = graph;
        CarryFlag = graph.Kernel.Registers.Count;
        Registers = CarryFlag + 1;
        _in = [.. graph.Nodes.Select(_ => new BitSet(Registers))];
        Solve();
        _crossing = new BitSet(Registers);
        foreach (BitSet set in _in)
        {
            _crossing.UnionWith(set);
        }
    }

    /// <summary>Number of registers, the carry flag (PTX ISA 9.7.2) included.</summary>
    internal int Registers { get; }

    /// <summary>The carry flag's number.</summary>
    internal int CarryFlag { get; }

    internal BitSet At(int block) => _in[block];

    /// <summary>Whether control flow keeps a register beyond the block that uses it.</summary>
    internal bool Crosses(int register) => _crossing[register];

    /// <summary>What is live before each instruction of a block, and last, after it.</summary>
    internal BitSet[] Within(int block)
    {
        Instruction[] code = _graph.Nodes[block].Code;
        var result = new BitSet[code.Length + 1];
        BitSet live = Out(block);
        for (int i = code.Length; ; i--)
        {
            result[i] = new BitSet(Registers);
            result[i].CopyFrom(live);
            if (i == 0)
            {
                return result;
            }

            Step(code[i - 1], live);
        }
    }

    internal IEnumerable<int> Reads(Instruction instruction)
    {
        foreach (Register register in instruction.Reads)
        {
            yield return register.Id;
        }

        if (instruction.Opcode.Mnemonic is "addc" or "subc" or "madc")
        {
            yield return CarryFlag;
        }
    }

    internal IEnumerable<int> Writes(Instruction instruction)
    {
        foreach (Register register in instruction.Writes)
        {
            yield return register.Id;
        }

        if (instruction.Opcode.Effect == Effect.Carry && instruction.Opcode.Has("cc"))
        {
            yield return CarryFlag;
        }
    }

    /// <summary>Goes back over one instruction.</summary>
    internal void Step(Instruction instruction, BitSet live)
    {
        if (instruction.Guard is null)
        {
            foreach (int register in Writes(instruction))
            {
                live.Remove(register);
            }
        }

        foreach (int register in Reads(instruction))
        {
            live.Add(register);
        }
    }

    /// <summary>What is live at the terminator's end, and what the terminator reads.</summary>
    internal BitSet Out(int block)
    {
        BlockNode node = _graph.Nodes[block];
        var live = new BitSet(Registers);
        foreach (int next in node.Successors)
        {
            live.UnionWith(_in[next]);
        }

        if (node.Terminator is { } terminator)
        {
            Step(terminator, live);
        }

        return live;
    }

    private void Solve()
    {
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int block = _in.Length - 1; block >= 0; block--)
            {
                BitSet live = Out(block);
                Instruction[] code = _graph.Nodes[block].Code;
                for (int i = code.Length - 1; i >= 0; i--)
                {
                    Step(code[i], live);
                }

                changed |= _in[block].UnionWith(live);
            }
        }
    }
}
