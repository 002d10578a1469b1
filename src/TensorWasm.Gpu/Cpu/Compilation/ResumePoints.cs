
namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>
/// Places where a warp may go on, and where each register waits meanwhile. The code with affine rules and the code
/// without share one, so that a warp can change over.
/// </summary>
internal sealed class ResumePoints
{
    private readonly Dictionary<(int Block, int Place), int> _numbers = [];
    private readonly List<(int Block, int Place)> _places = [(0, 0)];
    private readonly Dictionary<int, int> _slots = [];
    private readonly int _width;

    internal ResumePoints(KernelGraph graph, int width)
    {
        _width = width;
        Bytes = 32 + (graph.Nodes.Length * sizeof(uint)) + 31 & ~31;
        for (int register = 0; register < graph.Liveness.Registers; register++)
        {
            if (graph.Liveness.Crosses(register))
            {
                SlotOf(register, BitsOf(graph, register));
            }
        }
    }

    /// <summary>Bytes of a warp's frame.</summary>
    internal int Bytes { get; private set; }

    /// <summary>Number of states, the start included.</summary>
    internal int Count => _places.Count;

    internal bool Knows(int block, int place) => _numbers.ContainsKey((block, place));

    /// <summary>The state before an instruction: its place is twice its index; behind a barrier: that and one.</summary>
    internal int NumberOf(int block, int place)
    {
        if (!_numbers.TryGetValue((block, place), out int number))
        {
            number = _places.Count;
            _numbers.Add((block, place), number);
            _places.Add((block, place));
        }

        return number;
    }

    internal (int Block, int Place) PlaceOf(int number) => _places[number];

    /// <summary>Where the threads that wait at a block are kept.</summary>
    internal static int WaitingOffset(int block) => 32 + (block * sizeof(uint));

    /// <summary>Where the threads that run are kept.</summary>
    internal static int MaskOffset => 0;

    internal int SlotOf(int register, int bits)
    {
        if (!_slots.TryGetValue(register, out int offset))
        {
            offset = Bytes;
            _slots.Add(register, offset);
            Bytes += _width * (bits == 128 ? 16 : bits == 64 ? 8 : 4);
        }

        return offset;
    }

    internal static int BitsOf(KernelGraph graph, int register) =>
        register == graph.Liveness.CarryFlag ? 32 : graph.Kernel.Registers[register].Type.Bits;
}
