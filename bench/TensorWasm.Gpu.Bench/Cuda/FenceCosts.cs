using System.Globalization;
using System.Runtime.InteropServices;
using TensorWasm.Ptx.Fencing;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu.Bench;

/// <summary>
/// Each sample kernel as its author wrote it, fenced, and in check mode, on the same buffers, one after another in
/// turns: median time by events, registers, blocks a multiprocessor holds, and whether results are equal bit for bit.
/// </summary>
internal static unsafe class FenceCosts
{
    private const int Rounds = 40;

    internal static void Run(Figures figures, string samples)
    {
        figures.Title(
            "Fence cost, sample kernels", "kernel", "unfenced, us", "fence", "check", "registers", "fence", "check", "blocks/SM", "fence", "check", "results");
        List<double> fence = [];
        List<double> check = [];
        foreach (var sample in SampleKernel.All)
        {
            using var region = BenchDevice.Device.CreateRegion(new GpuTenant("fence"));
            var ptx = File.ReadAllBytes(Path.Combine(samples, sample.Folder, "kernel.ptx"));
            using var fenced = region.Load(ptx);
            using var checking = region.Load(ptx, FenceMode.Check);
            using var raw = CudaLibraryHandle.Load([.. ptx, 0]); // as any other program would
            var buffers = new List<(DeviceBuffer Buffer, uint[] Begin)>();
            var values = sample.Arguments.Select((argument, i) =>
            {
                if (argument is not SampleKernel.Buffered spec)
                {
                    return argument;
                }
                var begin = spec.Make(i);
                buffers.Add((BenchDevice.Upload(region, begin), begin));
                return buffers[^1].Buffer.Address;
            }).ToArray();

            var kernel = fenced.FindKernel(sample.Entry)!;
            var parameters = BenchDevice.Pack(kernel, values);
            var forms = new[]
            {
                new Form(CudaCode.FindFunction(raw, sample.Entry), parameters),
                Form.Of(kernel, region, parameters),
                Form.Of(checking.FindKernel(sample.Entry)!, region, parameters),
            };
            var equal = Compare(forms, sample, buffers);
            var times = Time(forms, sample);
            fence.Add(times[1] / times[0]);
            check.Add(times[2] / times[0]);
            figures.Row(
                $"{sample.Folder}/{sample.Entry}", Figures.Number(times[0]), Figures.Number(fence[^1]),
                Figures.Number(check[^1]), Ask(forms[0]), Ask(forms[1]), Ask(forms[2]), Occupancy(forms[0], sample),
                Occupancy(forms[1], sample), Occupancy(forms[2], sample), equal ? "equal" : "DIFFER");
        }
        figures.Line();
        figures.Line(
            $"Geometric mean: fence {Figures.Number(Figures.GeometricMean(fence))}, worst "
            + $"{Figures.Number(fence.Max())}; check {Figures.Number(Figures.GeometricMean(check))}, worst "
            + $"{Figures.Number(check.Max())}. {Rounds} rounds each, medians.");
    }

    private static bool Compare(Form[] forms, SampleKernel sample, List<(DeviceBuffer Buffer, uint[] Begin)> buffers)
    {
        List<byte[][]> results = [];
        foreach (var form in forms)
        {
            foreach (var (buffer, begin) in buffers)
            {
                buffer.Write(0, MemoryMarshal.AsBytes(begin.AsSpan()));
            }
            form.Launch(sample.Shape, 0);
            Wait(0);
            results.Add([.. buffers.Select(static entry =>
            {
                var bytes = new byte[entry.Buffer.Length];
                entry.Buffer.Read(0, bytes);
                return bytes;
            })]);
        }
        return results.All(result =>
            result.Zip(results[0]).All(static pair => pair.First.AsSpan().SequenceEqual(pair.Second)));
    }

    private static double[] Time(Form[] forms, SampleKernel sample)
    {
        using var stream = CudaStreamHandle.Create();
        using var start = CudaEventHandle.Create(isTimed: true);
        using var end = CudaEventHandle.Create(isTimed: true);
        var times = forms.Select(static _ => new List<double>()).ToArray();
        for (var round = -3; round < Rounds; round++)
        {
            for (var i = 0; i < forms.Length; i++)
            {
                Cuda.cuEventRecord(start.Value, stream.Value).Check("timing");
                forms[i].Launch(sample.Shape, stream.Value);
                Cuda.cuEventRecord(end.Value, stream.Value).Check("timing");
                Wait(stream.Value);
                float milliseconds;
                Cuda.cuEventElapsedTime(&milliseconds, start.Value, end.Value).Check("timing");
                if (round >= 0)
                {
                    times[i].Add(milliseconds * 1_000);
                }
            }
        }
        return [.. times.Select(Figures.Median)];
    }

    private static void Wait(nint stream) => CudaWait.ForStream(BenchDevice.Device, stream).Check("a kernel");

    private static string Ask(Form form)
    {
        int registers;
        Cuda.cuFuncGetAttribute(&registers, CudaFunctionAttribute.CU_FUNC_ATTRIBUTE_NUM_REGS, form.Function)
            .Check("registers");
        return registers.ToString(CultureInfo.InvariantCulture);
    }

    private static string Occupancy(Form form, SampleKernel sample)
    {
        int blocks;
        var threads = (int)(sample.Shape.Block.X * sample.Shape.Block.Y);
        Cuda.cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, form.Function, threads, 0).Check("occupancy");
        return blocks.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A kernel and its parameter block.</summary>
    private sealed class Form(nint function, byte[] block)
    {
        internal nint Function => function;

        /// <summary>The fenced form, with hidden parameters that outlive the run.</summary>
        internal static Form Of(LoadedKernel kernel, Region region, byte[] parameters)
        {
            var code = ((CudaCode)kernel.Module.Module.Code).Functions[kernel.Kernel.Index];
            var block = new byte[code.ParameterBytes];
            parameters.CopyTo(block, 0);
            var status = BenchDevice.Device.Statuses.Rent(64);
            code.WriteHidden(
                block, region.Layout.Base, region.Layout.Size - 1, kernel.Module.GlobalsAddress, status.Address(0),
                BenchDevice.Device.Clock.Now + 3_600_000_000_000);
            return new Form(code.Value, block);
        }

        internal void Launch(in LaunchShape shape, nint stream)
        {
            fixed (byte* start = block)
            {
                var bytes = (nuint)block.Length;
                var extra = stackalloc nint[]
                {
                    Cuda.CU_LAUNCH_PARAM_BUFFER_POINTER, (nint)start, Cuda.CU_LAUNCH_PARAM_BUFFER_SIZE, (nint)(&bytes),
                    Cuda.CU_LAUNCH_PARAM_END,
                };
                Cuda.cuLaunchKernel(
                    function, shape.Grid.X, shape.Grid.Y, shape.Grid.Z, shape.Block.X, shape.Block.Y, shape.Block.Z, 0,
                    stream, null, (void**)extra).Check("a launch");
            }
        }
    }
}
