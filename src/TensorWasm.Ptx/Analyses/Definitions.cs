using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Analyses;

/// <summary>The instructions that write each register of a kernel, in the order of the code, as it stood.</summary>
internal sealed class Definitions
{
    private readonly int[] _first;
    private readonly Definition[] _all;
    private readonly Dictionary<Register, bool> _areDistinct = [];
    private readonly HashSet<Instruction> _repeated = [];

    private Definitions(Kernel kernel)
    {
        // First how many there are of each register, then where the next of each goes, at last where each's end.
        var ends = new int[kernel.RegisterList.Count + 1];
        foreach (Block block in kernel.Code)
        {
            foreach (Instruction instruction in block.Code)
            {
                foreach (Register register in instruction.Writes)
                {
                    ends[register.Id + 1]++;
                }
            }
        }

        for (int i = 1; i < ends.Length; i++)
        {
            ends[i] += ends[i - 1];
        }

        _all = new Definition[ends[^1]];
        for (int block = 0; block < kernel.Code.Count; block++)
        {
            List<Instruction> code = kernel.Code[block].Code;
            for (int i = 0; i < code.Count; i++)
            {
                foreach (Register register in code[i].Writes)
                {
                    _all[ends[register.Id]++] = new Definition(code[i], new CodePoint(block, i));
                }
            }
        }

        _first = ends;
    }

    public static Definitions Of(Kernel kernel) => new(kernel);

    /// <summary>The instructions that write a register; none for one that is younger than this.</summary>
    public ReadOnlySpan<Definition> this[Register register]
    {
        get
        {
            int id = register.Id;
            return id + 1 < _first.Length ? _all.AsSpan((id == 0 ? 0 : _first[id - 1]).._first[id]) : [];
        }
    }

    /// <summary>
    /// Whether each instruction that writes a register stands at one place; not so after a loop was copied that has one.
    /// </summary>
    public bool AreDistinct(Register register)
    {
        ReadOnlySpan<Definition> definitions = this[register];
        if (definitions.Length <= 1)
        {
            return true;
        }

        if (!_areDistinct.TryGetValue(register, out bool areDistinct))
        {
            areDistinct = true;
            Dictionary<Instruction, CodePoint> places = new(definitions.Length);
            foreach ((Instruction instruction, CodePoint point) in definitions)
            {
                // One that writes the register twice is here twice, too.
                if (!places.TryAdd(instruction, point) && places[instruction] != point)
                {
                    areDistinct = false;
                    _repeated.Add(instruction);
                }
            }

            _areDistinct.Add(register, areDistinct);
        }

        return areDistinct;
    }

    /// <summary>Where a definition of a register stands; not known for an instruction that stands at several places.</summary>
    public CodePoint PointOf(Register register, Definition definition) =>
        AreDistinct(register) || !_repeated.Contains(definition.Instruction) ? definition.Point : CodePoint.Unknown;

    /// <summary>The last definition of a register before a place in its block, or null.</summary>
    public Definition? LastBefore(CodePoint place, Register register)
    {
        if (place.Block < 0 || !AreDistinct(register))
        {
            return null;
        }

        ReadOnlySpan<Definition> definitions = this[register];
        int low = 0;
        int high = definitions.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = definitions[middle].Point.IsBefore(place) ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && definitions[low - 1].Point.Block == place.Block ? definitions[low - 1] : null;
    }
}
