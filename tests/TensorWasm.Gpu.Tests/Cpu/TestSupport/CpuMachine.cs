using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TensorWasm.Gpu.Cpu;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Tests.Cpu.TestSupport;

/// <summary>A region in plain memory, and kernels that run on it without a device.</summary>
internal sealed unsafe class CpuMachine : IDisposable
{
    public const int RegionBits = 26;

    private readonly byte* _region;
    private readonly byte* _status;
    private ulong _next;

    public CpuMachine()
    {
        _region = (byte*)NativeMemory.AlignedAlloc(1 << RegionBits, 1 << RegionBits);
        NativeMemory.Clear(_region, 1 << RegionBits);
        _status = (byte*)NativeMemory.AlignedAlloc(FenceStatus.Size, 64);
        _next = (ulong)_region + 4096;
    }

    public FenceOptions Options { get; init; } = new()
    {
        RegionBits = RegionBits,
        VersionLoops = false,
        Deadline = DeadlineKind.None,
        ClearShared = false,
        ClearLocal = false,
    };

    /// <summary>Null for the best, or 8, 16, 32.</summary>
    public int? Width { get; init; }

    public bool Speculates { get; init; } = true;

    public int Threads { get; init; } = 1;

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(20);

    public ulong Base => (ulong)_region;

    public ReadOnlySpan<byte> Status => new(_status, FenceStatus.Size);

    public static FencedModule Fence(string ptx, FenceOptions options)
    {
        PtxModule module = PtxModule.Parse(ptx);
        Assert.Empty(module.Diagnostics);
        FencedModule fenced = PtxFence.Apply(module.Syntax!, options);
        Assert.Empty(fenced.Diagnostics);
        return fenced;
    }

    public ulong Allocate(int bytes)
    {
        ulong address = _next;
        _next += ((ulong)bytes + 255) & ~255UL;
        return address;
    }

    public ulong Put<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ulong address = Allocate(values.Length * sizeof(T));
        values.CopyTo(new Span<T>((void*)address, values.Length));
        return address;
    }

    public static Span<T> Get<T>(ulong address, int count)
        where T : unmanaged => new((void*)address, count);

    /// <summary>Runs a kernel and returns the status code.</summary>
    public uint Run(string ptx, Dim3 grid, Dim3 block, params object[] arguments) =>
        Run(ptx, null, grid, block, 0, arguments);

    public uint Run(string ptx, string? name, Dim3 grid, Dim3 block, int dynamicShared, params object[] arguments)
    {
        FencedModule module = Fence(ptx, Options);
        FencedKernel fenced = name is null ? module.Kernels[0] : module.Kernels.Single(k => k.Name == name);
        CpuKernel kernel = CpuKernel.Compile(fenced, Speculates, Width);
        ulong globals = Put(module.Globals.Span);
        return Run(kernel, grid, block, dynamicShared, globals, arguments);
    }

    public uint Run(CpuKernel kernel, Dim3 grid, Dim3 block, int dynamicShared, ulong globals, params object[] arguments)
    {
        new Span<byte>(_status, FenceStatus.Size).Clear();
        byte[] parameters = Parameters(kernel.Fenced, globals, arguments);
        using var launch = new CpuLaunch(kernel, new LaunchShape(grid, block, dynamicShared), parameters, (uint*)_status)
        {
            Deadline = Clock.Now + (ulong)TimeLimit.TotalNanoseconds,
        };
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, _ =>
        {
            using var runner = new BlockRunner();
            while (launch.Take(4, out long first) is > 0 and var count)
            {
                runner.Run(launch, first, count);
                launch.End(count);
            }
        });
        if (launch.Failure is { } failure)
        {
            throw new InvalidOperationException("a block failed", failure);
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(Status);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_region);
        NativeMemory.AlignedFree(_status);
    }

    private byte[] Parameters(FencedKernel kernel, ulong globals, object[] arguments)
    {
        int own = kernel.Kernel.Signature.Size;
        byte[] block = new byte[((own + 7) / 8 * 8) + (8 * kernel.HiddenParameters.Count)];
        for (int i = 0; i < arguments.Length; i++)
        {
            Span<byte> at = block.AsSpan(kernel.Kernel.Signature.Parameters[i].Offset);
            switch (arguments[i])
            {
                case int value:
                    BinaryPrimitives.WriteInt32LittleEndian(at, value);
                    break;
                case uint value:
                    BinaryPrimitives.WriteUInt32LittleEndian(at, value);
                    break;
                case ulong value:
                    BinaryPrimitives.WriteUInt64LittleEndian(at, value);
                    break;
                case long value:
                    BinaryPrimitives.WriteInt64LittleEndian(at, value);
                    break;
                case float value:
                    BinaryPrimitives.WriteSingleLittleEndian(at, value);
                    break;
                default:
                    BinaryPrimitives.WriteDoubleLittleEndian(at, (double)arguments[i]);
                    break;
            }
        }

        for (int i = 0; i < kernel.HiddenParameters.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(
                block.AsSpan(((own + 7) / 8 * 8) + (8 * i)),
                kernel.HiddenParameters[i] switch
                {
                    HiddenParameter.RegionBase => Base,
                    HiddenParameter.RegionMask => (1UL << RegionBits) - 1,
                    HiddenParameter.Globals => globals,
                    HiddenParameter.Status => (ulong)_status,
                    _ => Clock.Now + (ulong)TimeLimit.TotalNanoseconds,
                });
        }

        return block;
    }
}
