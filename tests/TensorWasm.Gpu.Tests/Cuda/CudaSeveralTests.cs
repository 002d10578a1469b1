using System.Diagnostics;
using TensorWasm.Gpu.Tests.Devices;

namespace TensorWasm.Gpu.Tests.Cuda;

/// <summary>Two GPUs in one process: each has regions, kernels and memory of its own, and fails alone.</summary>
[Collection(nameof(OwnDevice))]
public sealed class CudaSeveralTests
{
    private const uint Words = 16_384;

    [Theory]
    [MemberData(nameof(OwnDevice.Drivers), MemberType = typeof(OwnDevice))]
    public Task Threads_that_use_both_in_turn_compute_right_on_each(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "both", report =>
        {
            CudaDevice[] devices = [OwnDevice.Open(0), OwnDevice.Open(1)];
            report.WriteLine(string.Join(", ", devices.Select(static device => $"{device.Info.Id} {device.Info.Name} {device.Info.BusId}")));
            Assert.Equal(["cuda:0", "cuda:1"], devices.Select(static device => device.Info.Id));
            // One tenant on both, as a server's are.
            var tenant = new GpuTenant("both");
            var threads = Enumerable.Range(0, 4).Select(index => Task.Factory.StartNew(
                () => Alternate(devices, tenant, index), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            Task.WhenAll(threads).GetAwaiter().GetResult();
            Assert.Equal(0, tenant.Usage.MemoryBytes);
            Assert.DoesNotContain(devices, static device => device.IsLost);
            foreach (var device in devices)
            {
                device.Dispose();
            }
            if (driver == OwnDevice.Fake)
            {
                Assert.Equal(0, FakeCalls.fake_misuses());
            }
        },
        devices: 2);

    [Theory]
    [MemberData(nameof(OwnDevice.Drivers), MemberType = typeof(OwnDevice))]
    public Task What_belongs_to_one_is_refused_by_the_other(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "mixed", report =>
        {
            var (first, second) = (OwnDevice.Open(0), OwnDevice.Open(1));
            var tenant = new GpuTenant("mixed", new GpuQuota { MemoryBytes = 96 << 20 });
            using var here = first.CreateRegion(tenant);
            using var there = second.CreateRegion(tenant);
            using var kernel = here.Load(TestKernels.Increment);
            using var same = there.Load(TestKernels.Increment);
            using var mark = here.CreateEvent();
            AssertRefused(() => CudaSandbox.Launch(there.DefaultStream, kernel.Kernels[0], new(1), there.Layout.HeapBase, 1));
            AssertRefused(() => there.DefaultStream.Record(mark));
            here.DefaultStream.Record(mark);
            AssertRefused(() => there.DefaultStream.WaitFor(mark));

            // Memory is taken from the one that was asked, and a tenant's quota is for both together.
            var free = (First: first.FreeMemoryBytes, Second: second.FreeMemoryBytes);
            using (there.Allocate(64 << 20))
            {
                report.WriteLine($"64 MiB on cuda:1 took {free.First - first.FreeMemoryBytes >> 20} MiB of cuda:0 and {free.Second - second.FreeMemoryBytes >> 20} of cuda:1");
                Assert.True(free.First - first.FreeMemoryBytes < 16 << 20);
                Assert.True(free.Second - second.FreeMemoryBytes >= 64 << 20);
                Assert.Equal(GpuErrorCode.QuotaExceeded, Assert.Throws<GpuException>(() => here.Allocate(64 << 20)).Code);
            }

            // A kernel of the one reaches nothing of the other: its addresses lead into its own region, where kernels are fenced.
            using var secret = here.Allocate(Words * 4);
            if (driver == OwnDevice.Machine)
            {
                CudaSandbox.Launch(there.DefaultStream, same.Kernels[0], new(64), secret.Address, Words);
                there.DefaultStream.Wait();
            }
            CudaSandbox.AssertWords(secret, 0);
            Assert.False(first.IsLost || second.IsLost);
        },
        devices: 2);

    [Theory]
    [InlineData(OwnDevice.Machine, "fault", "CUDA_ERROR_ILLEGAL_ADDRESS")]
    [InlineData(OwnDevice.Machine, "hang", "a kernel did not end at its deadline")]
    [InlineData(OwnDevice.Fake, "fault", "CUDA_ERROR_ILLEGAL_ADDRESS")]
    [InlineData(OwnDevice.Fake, "hang", "a kernel did not end at its deadline")]
    public Task One_that_is_lost_leaves_the_others_tenants_alone(string driver, string kernel, string reason) => OwnDevice.RunAsync(
        GetType(), driver, kernel, report =>
        {
            var (lost, other) = (OwnDevice.Open(0), OwnDevice.Open(1));
            using var there = new Worker(other);
            using var here = new Worker(lost);
            here.Round();
            var rounds = 0;
            using var end = new CancellationTokenSource();
            var neighbour = Task.Factory.StartNew(
                () =>
                {
                    for (; !end.IsCancellationRequested; rounds++)
                    {
                        there.Round();
                    }
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

            RawKernels.Launch(lost, kernel, 0);
            var start = Stopwatch.GetTimestamp();
            var failure = Assert.Throws<GpuException>((Action)(() =>
            {
                while (true)
                {
                    here.Round();
                }
            }));
            report.WriteLine($"cuda:0 after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms: {failure.Message}");
            Assert.Equal(GpuErrorCode.DeviceLost, failure.Code);
            Assert.StartsWith($"CUDA device 0 ({lost.Info.Name}) failed: {reason}", failure.Message, StringComparison.Ordinal);

            var before = Volatile.Read(ref rounds);
            Thread.Sleep(2_000);
            var after = Volatile.Read(ref rounds);
            report.WriteLine($"the neighbour on cuda:1 made {before} rounds before and {after - before} in the 2 s after");
            end.Cancel();
            Assert.True(neighbour.Wait(TimeSpan.FromSeconds(10)), "the neighbour's last round does not end");
            Assert.True(after - before > 10, $"the neighbour made {after - before} rounds in 2 s");
            Assert.False(other.IsLost, other.LossReason);

            // What is freed there is free, also while the driver does not come back from the first one.
            var free = other.FreeMemoryBytes;
            for (var i = 0; i < 8; i++)
            {
                CudaSandbox.AssertComputes(other);
                using var region = other.CreateRegion(new GpuTenant("large"));
                using var buffer = region.Allocate(512 << 20);
            }
            report.WriteLine($"cuda:1 has {((long)free - (long)other.FreeMemoryBytes) >> 20} MiB less afterwards");
            Assert.True(other.FreeMemoryBytes + (512 << 20) > free, "what was freed on the other device is not free");
            here.Dispose();
            if (driver == OwnDevice.Fake)
            {
                Assert.Equal(0, FakeCalls.fake_misuses());
            }
        },
        devices: 2);

    private static void AssertRefused(Action action) =>
        Assert.Equal(GpuErrorCode.InvalidHandle, Assert.Throws<GpuException>(action).Code);

    /// <summary>Goes from one device to the other at every step, so that each call finds the other one's context.</summary>
    private static void Alternate(CudaDevice[] devices, GpuTenant tenant, int index)
    {
        Worker[] workers = [.. devices.Select(device => new Worker(device, tenant))];
        for (var round = 0; round < 30; round++)
        {
            foreach (var step in (Action<Worker>[])[Worker.Start, Worker.Poll, Worker.Finish])
            {
                for (var i = 0; i < workers.Length; i++)
                {
                    step(workers[(i + index) % workers.Length]);
                }
            }
        }
        foreach (var worker in workers)
        {
            worker.Dispose();
        }
    }

    /// <summary>A region in which words are counted up by a launch, and by a graph of one.</summary>
    private sealed class Worker : IDisposable
    {
        private readonly Region _region;
        private readonly LoadedKernel _kernel;
        private readonly DeviceBuffer _words;
        private readonly GpuGraph _graph;
        private readonly GpuEvent _mark;
        private uint _count;

        internal Worker(CudaDevice device, GpuTenant? tenant = null)
        {
            _region = device.CreateRegion(tenant ?? new GpuTenant("worker"));
            _kernel = _region.Load(TestKernels.Increment).Kernels[0];
            _words = _region.Allocate(Words * 4);
            _mark = _region.CreateEvent();
            _region.DefaultStream.BeginRecording();
            Launch();
            _graph = _region.DefaultStream.EndRecording();
        }

        internal static void Start(Worker worker)
        {
            worker.Launch();
            worker._region.DefaultStream.Launch(worker._graph);
            worker._region.DefaultStream.Record(worker._mark);
            worker._count += 2;
        }

        internal static void Poll(Worker worker)
        {
            while (!worker._region.DefaultStream.IsIdle || !worker._mark.IsComplete)
            {
                Thread.Yield();
            }
        }

        internal static void Finish(Worker worker)
        {
            worker._region.DefaultStream.Wait();
            CudaSandbox.AssertWords(worker._words, worker._count);
        }

        internal void Round()
        {
            Start(this);
            Finish(this);
        }

        public void Dispose()
        {
            _graph.Dispose();
            _mark.Dispose();
            _region.Dispose();
        }

        private void Launch() => CudaSandbox.Launch(_region.DefaultStream, _kernel, new(Words / 256), _words.Address, Words);
    }
}
