using System.Diagnostics;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu.Bench;

/// <summary>
/// Launches of a small kernel through the public stream, all checks, quotas and accounts on, against the driver's own
/// call in a loop. <c>native/launch.c</c> is the same loop in C.
/// </summary>
internal static unsafe class LaunchCosts
{
    private const int Launches = 20_000;

    internal static void Run(Figures figures)
    {
        var device = BenchDevice.Device;
        using var region = device.CreateRegion(new GpuTenant("launches"));
        using var module = region.Load(BenchKernels.Source);
        using var buffer = region.Allocate(4_096);
        var kernel = module.FindKernel("add")!;
        var parameters = BenchDevice.Pack(kernel, buffer.Address, buffer.Address, buffer.Address, 32u);
        var shape = new LaunchShape(new(1), new(32));
        var stream = region.DefaultStream;

        figures.Title("Launches, us", "", "median of 15", "least", "most");
        Row(figures, "asynchronous", Launches, () =>
        {
            for (var i = 0; i < Launches; i++)
            {
                stream.Launch(kernel, shape, parameters);
            }
            stream.Wait();
        });
        Row(figures, "launch + wait", Launches / 10, () =>
        {
            for (var i = 0; i < Launches / 10; i++)
            {
                stream.Launch(kernel, shape, parameters);
                stream.Wait();
            }
        });

        using var raw = CudaLibraryHandle.Load(CudaAssembler.Assemble(BenchKernels.Source, "bench"));
        using var handle = CudaStreamHandle.Create();
        var function = CudaCode.FindFunction(raw, "add");
        fixed (byte* block = parameters)
        {
            var bytes = (nuint)parameters.Length;
            var extra = stackalloc nint[] { 1, (nint)block, 2, (nint)(&bytes), 0 };
            var options = (void**)extra;
            Row(figures, "cuLaunchKernel from C#, asynchronous", Launches, () =>
            {
                for (var i = 0; i < Launches; i++)
                {
                    Cuda.cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, handle.Value, null, options).Check("a launch");
                }
                CudaWait.ForStream(device, handle.Value).Check("a stream");
            });
            Row(figures, "cuLaunchKernel from C#, + wait", Launches / 10, () =>
            {
                for (var i = 0; i < Launches / 10; i++)
                {
                    Cuda.cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, handle.Value, null, options).Check("a launch");
                    CudaWait.ForStream(device, handle.Value).Check("a stream");
                }
            });
        }

        foreach (var (name, count) in new[] { ("nothing", 100), ("nothing", 1_000), ("add", 100), ("add", 1_000) })
        {
            stream.BeginRecording();
            for (var i = 0; i < count; i++)
            {
                stream.Launch(module.FindKernel(name)!, shape, name == "add" ? parameters : []);
            }
            using var graph = stream.EndRecording();
            var replays = 20_000 / count;
            Row(figures, $"graph of {count} x {name}, a kernel", Launches, () =>
            {
                for (var i = 0; i < replays; i++)
                {
                    stream.Launch(graph);
                }
                stream.Wait();
            });
        }
    }

    private static void Row(Figures figures, string name, int count, Action run)
    {
        run();
        List<double> times = [];
        for (var i = 0; i < 15; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / count);
        }
        figures.Row(name, Figures.Number(Figures.Median(times)), Figures.Number(times.Min()), Figures.Number(times.Max()));
    }
}
