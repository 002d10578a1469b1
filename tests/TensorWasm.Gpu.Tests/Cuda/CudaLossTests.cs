using System.Diagnostics;
using TensorWasm.Gpu.Tests.Devices;

namespace TensorWasm.Gpu.Tests.Cuda;

/// <summary>
/// A device that faults, or hangs, below its tenants: all of them are told, by whatever they do, and the next process has
/// a device that computes.
/// </summary>
[Collection(nameof(OwnDevice))]
public sealed class CudaLossTests
{
    /// <summary>Drivers, raw kernels, and what the operator reads of them.</summary>
    public static TheoryData<string, string, string> Faults => new()
    {
        { OwnDevice.Machine, "fault", "CUDA_ERROR_ILLEGAL_ADDRESS" },
        { OwnDevice.Machine, "misaligned", "CUDA_ERROR_MISALIGNED_ADDRESS" },
        // An illegal instruction or a failed launch, by the device.
        { OwnDevice.Machine, "trap", "CUDA_ERROR_" },
        { OwnDevice.Machine, "hang", "a kernel did not end at its deadline" },
        { OwnDevice.Fake, "fault", "CUDA_ERROR_ILLEGAL_ADDRESS" },
        { OwnDevice.Fake, "hang", "a kernel did not end at its deadline" },
        { OwnDevice.Reopening, "fault", "CUDA_ERROR_ILLEGAL_ADDRESS" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Everybody_is_told_and_the_next_process_computes(string driver, string kernel, string reason)
    {
        await OwnDevice.RunAsync(GetType(), driver, kernel, report =>
        {
            new Loss(report, kernel, reason).Run();
            if (driver != OwnDevice.Machine)
            {
                Assert.Equal(0, FakeCalls.fake_misuses());
            }
        });
        await OwnDevice.RunAsync(
            GetType(), driver == OwnDevice.Machine ? driver : OwnDevice.Fake, "", _ => { }, method: nameof(A_new_process_computes));
    }

    [Theory]
    [MemberData(nameof(OwnDevice.Drivers), MemberType = typeof(OwnDevice))]
    public Task A_new_process_computes(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "", report =>
        {
            var start = Stopwatch.GetTimestamp();
            CudaSandbox.AssertComputes(OwnDevice.Open());
            report.WriteLine($"a new process: opened and computed after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
        });

    [Theory]
    [MemberData(nameof(OwnDevice.Drivers), MemberType = typeof(OwnDevice))]
    public Task A_device_that_dies_while_nobody_uses_it_is_noticed(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "idle", report =>
        {
            var device = OwnDevice.Open();
            RawKernels.Launch(device, "fault", 0);
            var start = Stopwatch.GetTimestamp();
            while (!device.IsLost)
            {
                Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5), "the device does not count as lost");
                Thread.Sleep(1);
            }
            report.WriteLine($"noticed after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms: {device.LossReason}");
        });

    /// <summary>Tenants of a device, each in the middle of something, and what they are answered.</summary>
    private sealed class Loss(TextWriter report, string kernel, string reason)
    {
        private readonly CudaDevice _device = OwnDevice.Open();

        internal void Run()
        {
            var isHang = kernel == "hang";
            var (running, waiting, idle) = (new Tenant(_device, "running"), new Tenant(_device, "waiting"), new Tenant(_device, "idle"));
            using var mark = waiting.Region.CreateEvent();
            idle.Region.DefaultStream.BeginRecording();
            idle.Launch();
            var graph = idle.Region.DefaultStream.EndRecording();

            var launch = RawKernels.Prepare(_device, kernel, idle.Buffer.Address);
            // Behind a kernel that hangs nothing begins; before one that faults something runs.
            var start = Stopwatch.GetTimestamp();
            if (!isHang)
            {
                Work();
            }
            report.WriteLine($"{kernel}: the launch was answered {launch()}");
            if (isHang)
            {
                Work();
            }
            var stream = Await(() => running.Region.DefaultStream.Wait());
            var marker = Await(() => mark.Wait());
            var launches = Await(() =>
            {
                while (true)
                {
                    idle.Launch();
                    idle.Region.DefaultStream.Wait();
                }
            });
            AssertTold("launches, each waited for", Answer(launches));
            // A fault may come when what ran before it has ended: kernels at their deadline, which is told, and their events.
            // Behind a kernel that hangs nothing ends.
            var (ofStream, ofMarker) = (Answer(stream), Answer(marker));
            if (isHang || ofStream?.StartsWith($"{GpuErrorCode.DeadlineExceeded}: ", StringComparison.Ordinal) != true)
            {
                AssertTold("a wait for a stream", ofStream);
            }
            if (isHang || ofMarker is not null)
            {
                AssertTold("a wait for an event", ofMarker);
            }
            report.WriteLine($"the stream was answered {ofStream}, the event {ofMarker ?? "nothing"}");
            report.WriteLine($"all that waited were told after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
            report.WriteLine($"at once: {_device.LossReason}");
            var bytes = new byte[16];
            foreach (var tenant in (Tenant[])[running, waiting, idle])
            {
                AssertTold("launching", Try(tenant.Launch));
                AssertTold("waiting", Try(() => tenant.Region.DefaultStream.Wait()));
                AssertTold("asking a stream", Try(() => _ = tenant.Region.DefaultStream.IsIdle));
                AssertTold("allocating", Try(() => tenant.Region.Allocate(4_096)));
                AssertTold("allocating much", Try(() => tenant.Region.Allocate(64 << 20)));
                AssertTold("writing a buffer", Try(() => tenant.Buffer.Write(0, bytes)));
                AssertTold("reading a buffer", Try(() => tenant.Buffer.Read(0, bytes)));
                AssertTold("filling a buffer", Try(() => tenant.Buffer.Fill(0, 16, 1)));
                AssertTold("loading", Try(() => tenant.Region.Load(TestKernels.Add)));
                AssertTold("a stream", Try(() => tenant.Region.CreateStream()));
                AssertTold("an event", Try(() => tenant.Region.CreateEvent()));
            }
            AssertTold("replaying", Try(() => idle.Region.DefaultStream.Launch(graph)));
            AssertTold("asking an event", Try(() => _ = mark.IsComplete));
            var region = Try(() => _device.CreateRegion(new GpuTenant("new")));
            if (_device.IsLost)
            {
                AssertTold("a new region", region);
            }
            AssertReopened(running, waiting, idle);

            void Work()
            {
                running.LaunchLong();
                waiting.LaunchLong();
                waiting.Region.DefaultStream.Record(mark);
            }
        }

        /// <summary>
        /// Either the driver opens the device again in this process, and it computes; or the reason says to restart the
        /// process. In both cases what was there can be let go of, and the tenants' accounts are empty then.
        /// </summary>
        private void AssertReopened(params Tenant[] tenants)
        {
            var start = Stopwatch.GetTimestamp();
            while (_device.LossReason is { } unanswered && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2)
                && (unanswered.EndsWith("anew", StringComparison.Ordinal) || unanswered.Contains("not answered", StringComparison.Ordinal)))
            {
                Thread.Sleep(1);
            }
            if (_device.IsLost)
            {
                report.WriteLine($"later: {_device.LossReason}");
                Assert.EndsWith("restart the process", _device.LossReason, StringComparison.Ordinal);
            }
            else
            {
                report.WriteLine($"the driver opened it again in this process, after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
                CudaSandbox.AssertComputes(_device);
                AssertTold("launching in a region from before", Try(tenants[0].Launch));
            }
            foreach (var tenant in tenants)
            {
                tenant.Region.Dispose();
                Assert.Equal(0, tenant.Account.Usage.MemoryBytes);
            }
            _device.Dispose();
        }

        private static Task<string?> Await(Action action) => Task.Factory.StartNew(
            () => Try(action), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        private static string? Answer(Task<string?> waiting)
        {
            Assert.True(waiting.Wait(TimeSpan.FromSeconds(8)), "a wait has not ended");
            return waiting.Result;
        }

        private void AssertTold(string what, string? answer)
        {
            Assert.True(answer is not null, $"{what} works");
            var start = $"{GpuErrorCode.DeviceLost}: CUDA device 0 ({_device.Info.Name}) failed: ";
            Assert.StartsWith(
                start + (answer.StartsWith(start + "earlier", StringComparison.Ordinal) && !_device.IsLost ? "earlier" : reason),
                answer, StringComparison.Ordinal);
            Assert.Contains("; what lay on it is gone", answer, StringComparison.Ordinal);
        }

        private static string? Try(Action action)
        {
            try
            {
                action();
                return null;
            }
            catch (GpuException e)
            {
                return $"{e.Code}: {e.Message}";
            }
        }
    }

    private sealed class Tenant
    {
        private readonly LoadedKernel _kernel;
        private readonly LoadedKernel _forever;

        internal Tenant(GpuDevice device, string name)
        {
            Account = new GpuTenant(name);
            Region = device.CreateRegion(Account);
            _kernel = Region.Load(TestKernels.Increment).Kernels[0];
            _forever = Region.Load(TestKernels.Stops).FindKernel("forever")!;
            Buffer = Region.Allocate(3 << 20);
            Launch();
            Region.DefaultStream.Wait();
            CudaSandbox.AssertWords(Buffer, 1);
        }

        internal GpuTenant Account { get; }

        internal Region Region { get; }

        internal DeviceBuffer Buffer { get; }

        internal void Launch() => CudaSandbox.Launch(
            Region.DefaultStream, _kernel, new((uint)Buffer.Length / 1_024), Buffer.Address, (uint)Buffer.Length / 4);

        /// <summary>Runs until its deadline, 2 s.</summary>
        internal void LaunchLong() => CudaSandbox.Launch(Region.DefaultStream, _forever, new(1), Buffer.Address, 0);
    }
}
