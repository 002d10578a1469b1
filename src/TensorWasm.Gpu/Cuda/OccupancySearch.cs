using System.Text;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu;

/// <summary>
/// Assembles a module so that a multiprocessor holds as many of its blocks as it would if the driver itself had loaded it. The
/// driver's linker does not know that a kernel's code is all there is, and lets it have more registers than pay: a layer
/// norm's backward took 1.46 times as long for it. So kernels that leave most of a multiprocessor empty are assembled again,
/// with fewer registers, and keep that code if all of it still fits into registers.
/// </summary>
internal static class OccupancySearch
{
    /// <summary>Assembling takes longer than all else of a load.</summary>
    private const int MaxRounds = 3;

    /// <summary>The least part of its registers that a kernel is asked to make do with.</summary>
    private const double LeastRegisters = 0.7;

    /// <summary>Registers are given to threads in such numbers.</summary>
    private const int RegisterUnit = 8;

    internal static (byte[] Image, CudaCode Code) Assemble(FencedModule module, string ptx, string name, DeviceInfo device)
    {
        var first = Load(module, ptx, name, device);
        try
        {
            var goals = module.Kernels.Select((kernel, i) => Goal(kernel, first.Code.GetResources(i), device)).ToArray();
            for (var round = 0; round < MaxRounds && goals.Any(static goal => goal is not null); round++)
            {
                var other = TryLoad(module, goals, name, device);
                var isShort = goals.Select((_, i) => other is not { } found
                    || found.Code.GetResources(i).LocalBytes > first.Code.GetResources(i).LocalBytes).ToArray();
                if (other is { } fitting && !isShort.Contains(true))
                {
                    first.Code.Dispose();
                    return fitting;
                }
                other?.Code.Dispose();
                goals = [.. goals.Select((goal, i) =>
                    isShort[i] ? Less(goal, first.Code.GetResources(i), module.Kernels[i], device) : goal)];
            }
            return first;
        }
        catch
        {
            first.Code.Dispose();
            throw;
        }
    }

    private static (byte[] Image, CudaCode Code)? TryLoad(FencedModule module, int?[] goals, string name, DeviceInfo device)
    {
        try
        {
            return Load(module, module.Print(goals), name, device);
        }
        catch (GpuException e) when (e.Code == GpuErrorCode.InvalidKernel)
        {
            // Some instructions need more registers.
            return null;
        }
    }

    private static (byte[] Image, CudaCode Code) Load(FencedModule module, string ptx, string name, DeviceInfo device)
    {
        var image = CudaAssembler.Assemble(Encoding.UTF8.GetBytes(ptx), name);
        return (image, CudaCode.Load(image, module, device));
    }

    /// <summary>
    /// Blocks that a multiprocessor should hold, of a kernel of which it holds no more than half the threads it could: up to three
    /// quarters, where fewer registers allow it. Null where the author said it, or nothing is to be gained: a loop that streams
    /// makes up for threads by loads under way, for which it has the registers (a dot product with 5 blocks instead of 4: 1.15),
    /// up to a point (a matrix-vector product with 1 block instead of 2: 1.13), so there a quarter is enough.
    /// </summary>
    internal static int? Goal(FencedKernel kernel, KernelResources resources, DeviceInfo device)
    {
        var bounds = kernel.Kernel.Bounds;
        if (bounds.MinimumBlocks is not null || bounds.MaximumRegisters is not null
            || (bounds.RequiredThreads ?? bounds.MaximumThreads) is null || device.RegistersPerMultiprocessor == 0)
        {
            return null;
        }
        var (threads, now) = (Threads(kernel, device), Blocks(kernel, resources, device));
        if (now == 0 || now * threads > device.MaxThreadsPerMultiprocessor / (kernel.HasStreamingLoop ? 4 : 2))
        {
            return null;
        }
        var goal = now;
        while ((goal + 1) * threads <= device.MaxThreadsPerMultiprocessor * 3 / 4
            && device.RegistersPerMultiprocessor / ((goal + 1) * threads) / RegisterUnit * RegisterUnit
                >= LeastRegisters * resources.Registers)
        {
            goal++;
        }
        return goal > now ? goal : null;
    }

    private static int? Less(int? goal, KernelResources resources, FencedKernel kernel, DeviceInfo device) =>
        goal - 1 > Blocks(kernel, resources, device) ? goal - 1 : null;

    /// <summary>Threads of the largest block, in whole warps.</summary>
    private static int Threads(FencedKernel kernel, DeviceInfo device) =>
        (kernel.Kernel.Bounds.MaximumBlockThreads + device.WarpSize - 1) / device.WarpSize * device.WarpSize;

    /// <summary>Blocks for which a multiprocessor has registers.</summary>
    private static int Blocks(FencedKernel kernel, KernelResources resources, DeviceInfo device) =>
        device.RegistersPerMultiprocessor
            / (Math.Max((resources.Registers + RegisterUnit - 1) / RegisterUnit, 1) * RegisterUnit * Threads(kernel, device));
}
