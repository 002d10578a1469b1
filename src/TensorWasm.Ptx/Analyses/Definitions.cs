using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Analyses;

/// <summary>The instructions that write each register of a kernel, in the order of the code, as it stood.</summary>
internal sealed class Definitions
{
    private readonly int[] _first;
    private readonly Instruction[] _all;

    private Definitions(Kernel kernel)
    {
        var first = new int[kernel.Registers.Count + 1];
        int count = 0;
        foreach (Block block in kernel.Code)
        {
            foreach (Instruction instruction in block.Code)
            {
                count++;
                foreach (Register register in instruction.Writes)
                {
                    first[register.Id + 1]++;
                }
            }
        }

        for (int i = 1; i < first.Length; i++)
        {
            first[i] += first[i - 1];
        }

        Instructions = count;
        _first = first;
        _all = new Instruction[first[^1]];
        int[] next = [.. first];
        foreach (Block block in kernel.Code)
        {
            foreach (Instruction instruction in block.Code)
            {
                foreach (Register register in instruction.Writes)
                {
                    _all[next[register.Id]++] = instruction;
                }
            }
        }
    }

    /// <summary>Number of instructions of the kernel.</summary>
    public int Instructions { get; }

    public static Definitions Of(Kernel kernel) => new(kernel);

    /// <summary>The instructions that write a register; none for one that is younger than this.</summary>
    public ReadOnlySpan<Instruction> this[Register register] => register.Id + 1 < _first.Length
        ? _all.AsSpan(_first[register.Id].._first[register.Id + 1])
        : [];
}
