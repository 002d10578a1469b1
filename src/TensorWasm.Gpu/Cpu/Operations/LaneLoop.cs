using TensorWasm.Gpu.Cpu.Compilation;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Instructions without a vector form: one thread after the other, over values in scratch memory.</summary>
internal static unsafe class LaneLoop
{
    /// <summary>The slot of the results; sources are in those before it.</summary>
    internal const int ResultSlot = 4;

    private const int Predicate = 0;
    private const int Long = 2;

    /// <summary>How values of a type lie in a slot.</summary>
    internal static int KindOf(PtxType type) => type == PtxType.Pred ? Predicate : type.Bits == 64 ? Long : 1;

    /// <summary>Runs an operation for each lane.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="scratch">Slots of sources, then of the results.</param>
    /// <param name="lanes">Number of lanes.</param>
    /// <param name="kinds">Two bits for each source, then for the results.</param>
    internal static void Run(LaneOperation operation, byte* scratch, int lanes, int kinds)
    {
        byte* result = scratch + (ResultSlot * WarpContext.SlotBytes);
        for (int lane = 0; lane < lanes; lane++)
        {
            ulong value = operation(
                Read(scratch, kinds, 0, lane),
                Read(scratch, kinds, 1, lane),
                Read(scratch, kinds, 2, lane),
                Read(scratch, kinds, 3, lane));
            switch (kinds >> 8 & 3)
            {
                case Predicate:
                    ((int*)result)[lane] = -(int)(value & 1);
                    break;
                case Long:
                    ((ulong*)result)[lane] = value;
                    break;
                default:
                    ((uint*)result)[lane] = (uint)value;
                    break;
            }
        }
    }

    private static ulong Read(byte* scratch, int kinds, int slot, int lane)
    {
        byte* source = scratch + (slot * WarpContext.SlotBytes);
        return (kinds >> (2 * slot) & 3) switch
        {
            Predicate => ((uint*)source)[lane] & 1,
            Long => ((ulong*)source)[lane],
            _ => ((uint*)source)[lane],
        };
    }
}
