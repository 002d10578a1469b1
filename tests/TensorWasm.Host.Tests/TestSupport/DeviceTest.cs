namespace TensorWasm.Host.Tests;

/// <summary>Base of tests that run on each device.</summary>
public abstract class DeviceTest
{
    /// <summary>Places in the guest's memory, far from what <see cref="TestGuest"/> puts there.</summary>
    private protected const uint A = 0x10000;

    private protected const uint B = 0x14000;

    private protected const uint C = 0x18000;

    public static TheoryData<string> Devices => TestDevices.Names;

    private protected static TestGuest Guest(
        string device, Func<HostConfiguration, HostConfiguration>? configure = null, string? memory = null) =>
        memory is null
            ? new TestGuest(TestDevices.Get(device), configure)
            : new TestGuest(TestDevices.Get(device), configure, memory);

    /// <summary>Fills two arrays, and what is their sum to be with something else.</summary>
    private protected static Records Sums(TestGuest guest, int count)
    {
        guest.Fill(A, count, static i => (uint)i * 3);
        guest.Fill(B, count, static i => (uint)i * 1000);
        guest.Fill(C, count, static _ => 0xDEAD);
        var bytes = (uint)count * 4;
        return new Records().Pointer(A, bytes).Pointer(B, bytes).Pointer(C, bytes).UInt32((uint)count);
    }

    private protected static void AssertSums(TestGuest guest, int count)
    {
        for (uint i = 0; i < count; i++)
        {
            Assert.Equal(i * 1003, guest.ReadUInt32(C + (i * 4)));
        }
    }
}
