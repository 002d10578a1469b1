using System.Diagnostics;
using TensorWasm.Gpu.Tests.Devices;

namespace TensorWasm.Gpu.Tests.Cuda;

/// <summary>Two GPUs in one process: each has regions, kernels and memory of its own; one hangs alone, and a fault ends both.</summary>
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
    [MemberData(nameof(OwnDevice.Drivers), MemberType = typeof(OwnDevice))]
    public Task Those_that_were_closed_are_opened_again(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "again", report =>
        {
            for (var i = 0; i < 3; i++)
            {
                CudaDevice[] devices = [OwnDevice.Open(0), OwnDevice.Open(1)];
                Alternate(devices, new GpuTenant("again"), 0);
                foreach (var device in devices)
                {
                    device.Dispose();
                }
                // Nothing that is left asks the driver for what went with the contexts.
                GC.Collect();
                GC.WaitForPendingFinalizers();
                report.WriteLine($"opened, used and closed {i + 1} times");
            }
            if (driver == OwnDevice.Fake)
            {
                Assert.Equal(0, FakeCalls.fake_misuses());
            }
        },
        devices: 2);

    [Theory]
    [InlineData(OwnDevice.Machine)]
    [InlineData(OwnDevice.Fake)]
    public Task One_that_hangs_leaves_the_others_tenants_alone(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "hang", report =>
        {
            var (lost, other) = (OwnDevice.Open(0), OwnDevice.Open(1));
            var (here, there) = (new Worker(lost), new Worker(other));
            here.Round();
            var neighbour = new Neighbour(there);
            Lose(lost, here, "hang", "a kernel did not end at its deadline", report);

            var before = neighbour.Rounds;
            Thread.Sleep(2_000);
            var after = neighbour.Rounds;
            report.WriteLine($"the neighbour on cuda:1 made {before} rounds before and {after - before} in the 2 s after");
            Assert.True(neighbour.TryEnd(out var failure), "the neighbour's last round does not end");
            Assert.Null(failure);
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
            there.Dispose();
            if (driver == OwnDevice.Fake)
            {
                Assert.Equal(0, FakeCalls.fake_misuses());
            }
        },
        devices: 2);

    /// <summary>
    /// A fault ends CUDA for the process. Who uses the other device is told so, too, unless the driver keeps its thread; in
    /// any case all that are there can be let go of.
    /// </summary>
    [Theory]
    [InlineData(OwnDevice.Machine)]
    [InlineData(OwnDevice.Fake)]
    [InlineData(OwnDevice.Blocking)]
    public Task One_that_faults_is_the_loss_of_both(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "fault", report =>
        {
            const string Reason = "CUDA_ERROR_ILLEGAL_ADDRESS";
            var (lost, other) = (OwnDevice.Open(0), OwnDevice.Open(1));
            var (here, there, idle) = (new Worker(lost), new Worker(other), new Worker(other));
            here.Round();
            idle.Round();
            var neighbour = new Neighbour(there);
            Lose(lost, here, "fault", Reason, report);
            var start = Stopwatch.GetTimestamp();
            while (!other.IsLost)
            {
                Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2), "the other device does not count as lost");
                Thread.Sleep(1);
            }
            report.WriteLine($"cuda:1 after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms more: {other.LossReason}");
            Assert.StartsWith($"CUDA device 1 ({other.Info.Name}) failed: {Reason}", other.LossReason, StringComparison.Ordinal);

            // Whoever was not in the driver is told at once, and can let go; also while a driver keeps others' threads.
            var idleEnd = Task.Run(() =>
            {
                Assert.Equal(GpuErrorCode.DeviceLost, Assert.Throws<GpuException>(idle.Round).Code);
                idle.Dispose();
                here.Dispose();
            });
            Assert.True(idleEnd.Wait(TimeSpan.FromSeconds(5)), "who was told does not come back");
            if (neighbour.TryEnd(out var failure))
            {
                report.WriteLine($"the neighbour was told: {failure?.Message}");
                Assert.Equal(GpuErrorCode.DeviceLost, failure?.Code);
                there.Dispose();
            }
            else
            {
                report.WriteLine("the driver keeps the neighbour's thread");
                Assert.NotEqual(OwnDevice.Fake, driver);
            }
            Assert.True(
                Task.Run(() =>
                {
                    lost.Dispose();
                    other.Dispose();
                }).Wait(TimeSpan.FromSeconds(5)),
                "closing lost devices does not come back");
            if (driver != OwnDevice.Machine)
            {
                Assert.Equal(0, FakeCalls.fake_misuses());
            }
        },
        devices: 2);

    /// <summary>Launches what a device is lost by, and waits until who works there is told so.</summary>
    private static void Lose(CudaDevice device, Worker worker, string kernel, string reason, TextWriter report)
    {
        RawKernels.Launch(device, kernel, 0);
        var start = Stopwatch.GetTimestamp();
        var failure = Assert.Throws<GpuException>((Action)(() =>
        {
            while (true)
            {
                worker.Round();
            }
        }));
        report.WriteLine($"cuda:0 after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms: {failure.Message}");
        Assert.Equal(GpuErrorCode.DeviceLost, failure.Code);
        Assert.StartsWith($"CUDA device 0 ({device.Info.Name}) failed: {reason}", failure.Message, StringComparison.Ordinal);
    }

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

    /// <summary>Works on a thread of its own until it is told to end, or that its device is lost.</summary>
    private sealed class Neighbour
    {
        private readonly Task<GpuException?> _task;
        private volatile bool _isToEnd;
        private int _rounds;

        internal Neighbour(Worker worker) => _task = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    for (; !_isToEnd; _rounds++)
                    {
                        worker.Round();
                    }
                    return null;
                }
                catch (GpuException e)
                {
                    return e;
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        internal int Rounds => Volatile.Read(ref _rounds);

        /// <summary>Ends it, within 5 s.</summary>
        /// <param name="failure">What it was told; null for nothing.</param>
        internal bool TryEnd(out GpuException? failure)
        {
            _isToEnd = true;
            var hasEnded = _task.Wait(TimeSpan.FromSeconds(5));
            failure = hasEnded ? _task.Result : null;
            return hasEnded;
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
