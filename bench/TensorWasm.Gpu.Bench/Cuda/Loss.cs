using System.Diagnostics;
using TensorWasm.Host;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu.Bench;

/// <summary>
/// What guests see when the device fails all the same: a kernel that no fence has seen faults, or never ends, beside two
/// tenants, one of whom waits.
/// </summary>
internal static unsafe class Loss
{
    private const string Ptx = """
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry fault()
        {
            .reg .b64 %d;
            mov.u64 %d, 64;
            st.global.u64 [%d], %d;
            ret;
        }
        .visible .entry hang()
        {
        AGAIN:
            bra AGAIN;
        }
        """;

    internal static void Run(Figures figures, bool isHang)
    {
        using var device = CudaDevice.Open(0, new GpuDeviceOptions
        {
            AddressSpace = EngineAddressSpace.Instance,
            DefaultTimeLimit = TimeSpan.FromSeconds(1),
            WatchdogMargin = TimeSpan.FromSeconds(1),
        });
        using var raw = CudaLibraryHandle.Load(CudaAssembler.Assemble(System.Text.Encoding.UTF8.GetBytes(Ptx), "loss"));
        var bad = CudaCode.FindFunction(raw, isHang ? "hang" : "fault");
        var region = device.CreateRegion(new GpuTenant("neighbour"));
        var module = region.Load(BenchKernels.Source);
        var buffer = region.Allocate(4_096);
        var kernel = module.FindKernel("add")!;
        var parameters = BenchDevice.Pack(kernel, buffer.Address, buffer.Address, buffer.Address, 32u);
        region.DefaultStream.Launch(kernel, new LaunchShape(new(1), new(32)), parameters);
        region.DefaultStream.Wait();

        figures.Title(isHang ? "A kernel that never ends" : "A kernel that faults", "", "");
        using (CudaStreamHandle own = CudaStreamHandle.Create())
        {
            var start = Stopwatch.GetTimestamp();
            var blocks = isHang ? (uint)device.Info.Multiprocessors * 64 : 1;
            Cuda.cuLaunchKernel(bad, blocks, 1, 1, 32, 1, 1, 0, own.Value, null, null).Check("the bad kernel");
            var seen = Try(() =>
            {
                for (var i = 0; i < 1_000_000; i++)
                {
                    region.DefaultStream.Launch(kernel, new LaunchShape(new(1), new(32)), parameters);
                    region.DefaultStream.Wait();
                }
            });
            figures.Row("a neighbour that launches and waits is told", seen);
            figures.Row("after", $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
        }
        figures.Row("allocating", Try(() => region.Allocate(4_096)));
        figures.Row("copying", Try(() => buffer.Write(0, new byte[16])));
        figures.Row("a new region", Try(() => device.CreateRegion(new GpuTenant("new"))));
        Thread.Sleep(1_000);
        figures.Row("a new region, a second later", Try(() => device.CreateRegion(new GpuTenant("new")).Allocate(4_096)));
        figures.Row("disposing the region", Try(region.Dispose));
        figures.Line();
        Environment.Exit(0); // a kernel that hangs ends with the process
    }

    private static string Try(Action action)
    {
        try
        {
            action();
            return "works";
        }
        catch (GpuException e)
        {
            return $"{e.Code}: {e.Message}";
        }
    }
}
