using System.Reflection.Emit;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Special registers (PTX ISA 10).</summary>
internal sealed partial class KernelEmitter
{
    private void PushSpecial(SpecialRegister special, PtxType type)
    {
        string? field = special.Name switch
        {
            "%tid.x" => nameof(WarpContext.ThreadX),
            "%tid.y" => nameof(WarpContext.ThreadY),
            "%tid.z" => nameof(WarpContext.ThreadZ),
            "%ntid.x" => nameof(WarpContext.ThreadsX),
            "%ntid.y" => nameof(WarpContext.ThreadsY),
            "%ntid.z" => nameof(WarpContext.ThreadsZ),
            "%ctaid.x" => nameof(WarpContext.BlockX),
            "%ctaid.y" => nameof(WarpContext.BlockY),
            "%ctaid.z" => nameof(WarpContext.BlockZ),
            "%nctaid.x" => nameof(WarpContext.BlocksX),
            "%nctaid.y" => nameof(WarpContext.BlocksY),
            "%nctaid.z" => nameof(WarpContext.BlocksZ),
            "%laneid" => nameof(WarpContext.Lane),
            "%warpid" => nameof(WarpContext.Warp),
            "%smid" => nameof(WarpContext.Worker),
            "%nsmid" => nameof(WarpContext.Workers),
            "%gridid" => nameof(WarpContext.Grid),
            "%total_smem_size" => nameof(WarpContext.TotalShared),
            "%dynamic_smem_size" => nameof(WarpContext.DynamicShared),
            _ => null,
        };
        if (field is not null)
        {
            LoadContext(field);
        }
        else if (special.Name == "WARP_SZ")
        {
            _il.Emit(OpCodes.Ldc_I4, 32);
        }
        else
        {
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Call, Helper(typeof(Clock), special.Name switch
            {
                "%nwarpid" => nameof(Clock.WarpsOf),
                "%clock" => nameof(Clock.CyclesLow),
                "%clock_hi" => nameof(Clock.CyclesHigh),
                "%clock64" => nameof(Clock.Cycles),
                "%globaltimer" => nameof(Clock.Nanoseconds),
                "%globaltimer_lo" => nameof(Clock.NanosecondsLow),
                "%globaltimer_hi" => nameof(Clock.NanosecondsHigh),
                _ => throw new CpuKernelException($"{special.Name} cannot be read"),
            }));
        }

        ConvertScalar(special.Type.Bits == 64 ? typeof(long) : typeof(int), type);
    }

    /// <summary>Special registers that differ between threads other than by one.</summary>
    private void PushSpecialVector(SpecialRegister special, int index)
    {
        int axis = special.Name switch { "%tid.x" => 0, "%tid.y" => 1, "%tid.z" => 2, _ => -1 };
        if (axis >= 0)
        {
            LoadContext(nameof(WarpContext.Threads));
            _il.Emit(OpCodes.Ldc_I4, (axis * 128) + (index * 32));
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Call, VectorMethods.Load(typeof(int)));
            return;
        }

        LoadContext(nameof(WarpContext.Lane));
        Spread(typeof(int), 1, index);
        _il.Emit(OpCodes.Call, Helper(typeof(VectorHelpers), special.Name switch
        {
            "%lanemask_eq" => nameof(VectorHelpers.LaneMaskEqual),
            "%lanemask_le" => nameof(VectorHelpers.LaneMaskUpTo),
            "%lanemask_lt" => nameof(VectorHelpers.LaneMaskBelow),
            "%lanemask_ge" => nameof(VectorHelpers.LaneMaskFrom),
            "%lanemask_gt" => nameof(VectorHelpers.LaneMaskAbove),
            _ => throw new CpuKernelException($"{special.Name} differs between threads"),
        }));
    }
}
