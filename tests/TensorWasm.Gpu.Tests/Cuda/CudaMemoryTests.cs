using TensorWasm.Gpu.Tests.Devices;
using static TensorWasm.Gpu.Tests.Cuda.FakeCalls;

namespace TensorWasm.Gpu.Tests.Cuda;

/// <summary>
/// A device whose memory is used up while tenants work on it: who wants more is refused with a sentence, nobody loses
/// anything, and when there is memory again, everything works.
/// </summary>
[Collection(nameof(OwnDevice))]
public sealed unsafe class CudaMemoryTests
{
    private const ulong Page = CudaSandbox.Page;

    [Theory]
    [MemberData(nameof(OwnDevice.Drivers), MemberType = typeof(OwnDevice))]
    public Task A_device_that_is_full_refuses_and_works_again_when_it_is_not(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "full", report =>
        {
            var device = OwnDevice.Open();
            using (var filler = new DeviceFiller(device))
            {
                foreach (var rest in (ulong[])[64 << 20, 0])
                {
                    var before = device.FreeMemoryBytes;
                    using (var work = new Work(device, 256 << 20))
                    {
                        filler.Fill(rest);
                        report.WriteLine($"{device.FreeMemoryBytes >> 10} KiB are left");
                        Assert.NotNull(work.Try(0, report));
                        for (var step = 1; step < work.Steps.Count; step++)
                        {
                            work.Try(step, report);
                        }
                        filler.Dispose();
                        for (var step = 0; step < work.Steps.Count; step++)
                        {
                            Assert.Null(work.Try(step, TextWriter.Null));
                        }
                    }
                    report.WriteLine($"afterwards {((long)before - (long)device.FreeMemoryBytes) >> 10} KiB less are free than before");
                }
            }
            CudaSandbox.AssertComputes(device);
            Assert.False(device.IsLost);
            device.Dispose();
        });

    /// <summary>
    /// Each call to the driver that may want memory is denied it, one after another: alone, with all that come after it, and
    /// where mappings are made accessible.
    /// </summary>
    [Fact]
    public Task Whatever_call_is_denied_memory_nothing_is_lost() => OwnDevice.RunAsync(
        GetType(), OwnDevice.Fake, "denied", report =>
        {
            var denied = 0L;
            var refused = 0;
            foreach (var (isAlone, onlyAccess) in ((bool, long)[])[(true, 0), (false, 0), (false, 1)])
            {
                var calls = 1L;
                for (var first = 1L; first <= calls; first++, denied++)
                {
                    var device = OwnDevice.Open();
                    try
                    {
                        using var work = new Work(device, 9 << 20);
                        fake_deny(first, isAlone ? first : long.MaxValue, onlyAccess);
                        for (var step = 0; step < work.Steps.Count; step++)
                        {
                            refused += work.Try(step, TextWriter.Null) is null ? 0 : 1;
                        }
                        calls = isAlone && first > 1 ? calls : Math.Max(calls, fake_calls());
                        fake_deny(0, -1, 0);
                        for (var step = 0; step < work.Steps.Count; step++)
                        {
                            Assert.Null(work.Try(step, TextWriter.Null));
                        }
                    }
                    catch (Exception e)
                    {
                        throw new InvalidOperationException($"call {first}, {isAlone}, {onlyAccess}: {e.Message}", e);
                    }
                    Assert.False(device.IsLost, device.LossReason);
                    device.Dispose();
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    Assert.True(fake_live() == 0, $"call {first}, {isAlone}, {onlyAccess}: {fake_live()} objects of the driver are left");
                }
            }
            Assert.Equal(0, fake_misuses());
            report.WriteLine($"{denied} times memory was denied, {refused} operations were refused");
            Assert.True(refused > 100, $"only {refused} operations were refused");
        },
        seconds: 120);

    /// <summary>What sandboxes do that wants memory, step by step, beside a neighbour who computes.</summary>
    private sealed class Work : IDisposable
    {
        private readonly GpuTenant _tenant = new("guest");
        private readonly Region _neighbour;
        private readonly LoadedKernel _increment;
        private readonly DeviceBuffer _words;
        private readonly CudaDevice _device;
        private readonly Region _mapped;
        private readonly Region _unmapped;
        private readonly byte* _mappedMemory;
        private readonly byte* _unmappedMemory;
        private ulong _length = 3 * Page;
        private uint _rounds;

        internal Work(CudaDevice device, ulong large)
        {
            _device = device;
            _neighbour = device.CreateRegion(new GpuTenant("neighbour"));
            _increment = _neighbour.Load(TestKernels.Increment).Kernels[0];
            _words = _neighbour.Allocate(64 << 10);
            (_mapped, _unmapped) = (device.CreateRegion(_tenant), device.CreateRegion(_tenant));
            _mappedMemory = CudaSandbox.Place(_mapped, _length);
            _unmappedMemory = CudaSandbox.Place(_unmapped, 2 * Page);
            Fill(_mappedMemory, _length);
            Fill(_unmappedMemory, 2 * Page);
            _mapped.Load(TestKernels.Increment);
            Steps =
            [
                ("a large buffer", () => Keep(_mapped.Allocate(large))),
                ("a small buffer", () => Keep(_mapped.Allocate(3 << 20))),
                ("the first load of a sandbox", () => Keep(_unmapped.Load(TestKernels.Increment))),
                ("a module with variables", () => Keep(_mapped.Load(TestKernels.Counter))),
                ("an event", () => Keep(_mapped.CreateEvent())),
                ("a stream and a launch in it", LaunchInStream),
                ("a graph", Replay),
                ("growing linear memory", Grow),
                ("a new sandbox", NewSandbox),
            ];
            AssertUnchanged();
        }

        internal List<(string Name, Action Run)> Steps { get; }

        /// <summary>Does a step; what it is refused with, if it is, says that there is no memory. All else is as before.</summary>
        internal string? Try(int step, TextWriter report)
        {
            string? refusal = null;
            try
            {
                Steps[step].Run();
            }
            catch (GpuException e)
            {
                Assert.True(e.Code == GpuErrorCode.OutOfMemory, $"{Steps[step].Name}: {e.Code}: {e.Message}");
                refusal = e.Message;
            }
            report.WriteLine($"{Steps[step].Name}: {refusal ?? "works"}");
            AssertUnchanged();
            return refusal;
        }

        public void Dispose()
        {
            _mapped.Dispose();
            _unmapped.Dispose();
            Assert.Equal(0, _tenant.Usage.MemoryBytes);
            _neighbour.Dispose();
        }

        private static void Keep(IDisposable made) => made.Dispose();

        private static void Fill(byte* memory, ulong length) => new Span<byte>(memory, (int)length).Fill(0x5A);

        private static void AssertFilled(byte* memory, ulong length) =>
            Assert.False(new ReadOnlySpan<byte>(memory, (int)length).ContainsAnyExcept((byte)0x5A), "linear memory has changed");

        private void LaunchInStream()
        {
            using var buffer = _mapped.Allocate(4_096);
            using var stream = _mapped.CreateStream();
            using var module = _mapped.Load(TestKernels.Increment);
            for (var i = 0; i < 70; i++)
            {
                CudaSandbox.Launch(stream, module.Kernels[0], new(4), buffer.Address, 1_024);
            }
            stream.Wait();
            CudaSandbox.AssertWords(buffer, 70);
        }

        private void Replay()
        {
            using var buffer = _mapped.Allocate(4_096);
            using var stream = _mapped.CreateStream();
            using var module = _mapped.Load(TestKernels.Increment);
            stream.BeginRecording();
            for (var i = 0; i < 3; i++)
            {
                CudaSandbox.Launch(stream, module.Kernels[0], new(4), buffer.Address, 1_024);
            }
            using var graph = stream.EndRecording();
            stream.Launch(graph);
            stream.Launch(graph);
            stream.Wait();
            CudaSandbox.AssertWords(buffer, 6);
        }

        private void Grow()
        {
            var length = _length + (32 * Page);
            if (!CudaSandbox.TryGrow(_mapped, _length, length))
            {
                throw new GpuException(GpuErrorCode.OutOfMemory, "memory.grow answers -1");
            }
            Assert.False(new ReadOnlySpan<byte>(_mappedMemory + _length, (int)(length - _length)).ContainsAnyExcept((byte)0));
            Fill(_mappedMemory + _length, length - _length);
            _length = length;
        }

        private void NewSandbox()
        {
            using var region = _device.CreateRegion(_tenant);
            using var buffer = region.Allocate(1 << 20);
            using var module = region.Load(TestKernels.Increment);
            CudaSandbox.Launch(region.DefaultStream, module.Kernels[0], new(4), buffer.Address, 1_024);
            region.DefaultStream.Wait();
        }

        /// <summary>The neighbour computes, also where the device has no memory left, and linear memories are as they were.</summary>
        private void AssertUnchanged()
        {
            AssertFilled(_mappedMemory, _length);
            AssertFilled(_unmappedMemory, 2 * Page);
            CudaSandbox.Launch(_neighbour.DefaultStream, _increment, new(64), _words.Address, 16_384);
            _neighbour.DefaultStream.Wait();
            CudaSandbox.AssertWords(_words, ++_rounds);
        }
    }
}
