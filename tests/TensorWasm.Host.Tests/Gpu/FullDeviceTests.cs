using TensorWasm.Gpu;

namespace TensorWasm.Host.Tests;

/// <summary>Guests on a GPU whose memory is used up: both interfaces' codes, a sentence, and nothing is lost.</summary>
[Collection(nameof(OwnDevice))]
public sealed class FullDeviceTests : DeviceTest
{
    private const long OutOfMemory = -12;

    /// <summary>The nearest that wasi:cuda has: quota exceeded.</summary>
    private const long QuotaExceeded = -6;

    [Theory]
    [MemberData(nameof(OwnDevice.Drivers), MemberType = typeof(OwnDevice))]
    public Task A_guest_is_told_and_goes_on_when_there_is_memory_again(string driver) => OwnDevice.RunAsync(
        GetType(), driver, "guests", report =>
        {
            using var device = OwnDevice.Open();
            using var filler = new DeviceFiller(device);
            using var guest = new TestGuest(device, memory: """(memory (export "memory") 4 200)""");
            using var neighbour = new TestGuest(device);
            using var newcomer = new TestGuest(device);
            newcomer.Write(C, "what was there");
            var (_, kernel) = neighbour.Load(Kernels.Add);
            Assert.True(kernel > 0, neighbour.LastError);
            var buffer = guest.Call("buffer-alloc", 1000);
            Assert.Equal(0, guest.Call("buffer-fill", buffer, 0, 1000, 7));

            filler.Fill(64 << 20);
            Assert.Equal(OutOfMemory, guest.Call("buffer-alloc", 256 << 20));
            Assert.StartsWith("268435456 bytes of device memory: CUDA_ERROR_OUT_OF_MEMORY", guest.LastError, StringComparison.Ordinal);
            Assert.EndsWith("look at nvidia-smi for who uses it and how much memory is left", guest.LastError, StringComparison.Ordinal);
            report.WriteLine(guest.LastError);
            Assert.InRange(guest.Call("device-query", 0, 3), 0, 66 << 20);

            filler.Fill(0);
            Assert.Equal(OutOfMemory, guest.Call("buffer-alloc", 16 << 20));
            // Whether these find room is the driver's to say; nothing else may go wrong.
            Told("module-load", guest.Load(Kernels.Two, "count").Module, OutOfMemory, guest);
            Told("stream-create", guest.Call("stream-create"), OutOfMemory, guest);
            Told("event-create", guest.Call("event-create"), OutOfMemory, guest);
            Told("wasi_cuda_load_ptx, the first of a sandbox", newcomer.LoadCuda(Kernels.Two, "count"), QuotaExceeded, newcomer);
            Told("memory.grow", guest.Grow(60), -1, guest);
            Assert.Equal("what was there"u8, newcomer.Read(C, 14));
            AssertComputes(neighbour, kernel);
            Assert.Equal(0, guest.Call("buffer-read", buffer, 0, B, 1000));
            Assert.Equal(Enumerable.Repeat((byte)7, 1000), guest.Read(B, 1000));

            filler.Dispose();
            Assert.True(guest.Call("buffer-alloc", 256 << 20) > 0, guest.LastError);
            Assert.True(guest.Load(Kernels.Two, "count").Module > 0, guest.LastError);
            Assert.True(guest.Call("stream-create") > 0, guest.LastError);
            Assert.True(newcomer.LoadCuda(Kernels.Two, "count") > 0, newcomer.LastError);
            Assert.True(guest.Grow(60) > 0);
            Assert.Equal("what was there"u8, newcomer.Read(C, 14));
            foreach (var each in (TestGuest[])[guest, newcomer])
            {
                AssertComputes(each, each.Load(Kernels.Add).Kernel);
            }

            void Told(string what, long answer, long code, TestGuest who)
            {
                report.WriteLine($"{what}: {answer} {(answer < 0 ? who.LastError : "")}");
                Assert.True(answer >= 0 || answer == code, $"{what}: {answer}: {who.LastError}");
            }

            void AssertComputes(TestGuest who, long add)
            {
                Assert.True(add > 0, who.LastError);
                Assert.Equal(0, who.Launch(0, add, 1, 32, Sums(who, 32)));
                Assert.Equal(0, who.Call("stream-wait", 0));
                if (driver == OwnDevice.Machine)
                {
                    AssertSums(who, 32);
                }
            }
        });
}
