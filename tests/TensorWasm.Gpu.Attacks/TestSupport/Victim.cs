using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TensorWasm.Gpu.Attacks;

/// <summary>
/// Another tenant on the same device. A thread of its own launches its kernel all the time, before, during and after
/// each attack, compares every number it computes and every byte it keeps, and remembers the first difference.
/// </summary>
internal sealed class Victim
{
    private const int Count = 16 << 10;
    private const int SecretBytes = 256 << 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly GpuDevice _device;
    private readonly Region _region;
    private readonly DeviceBuffer _input;
    private readonly DeviceBuffer _output;
    private readonly DeviceBuffer _secret;
    private readonly LoadedKernel _kernel;
    private readonly byte[] _secretBytes = new byte[SecretBytes];
    private readonly uint[] _numbers = new uint[Count];
    private readonly object _lock = new();
    private long _rounds;
    private string? _failure;

    internal Victim(GpuDevice device)
    {
        _device = device;
        _region = device.CreateRegion(new GpuTenant("victim"));
        new Random(4711).NextBytes(_secretBytes);
        MemoryMarshal.Cast<byte, uint>(_secretBytes.AsSpan(0, Count * 4)).CopyTo(_numbers);
        _input = _region.Allocate(Count * 4);
        _output = _region.Allocate(Count * 4);
        _secret = _region.Allocate(SecretBytes);
        _input.Write(0, MemoryMarshal.AsBytes(_numbers.AsSpan()));
        _secret.Write(0, _secretBytes);
        _kernel = _region.Load(PtxText.Utf8(Kernel)).FindKernel("victim")!;
        Round(0);
        new Thread(Live) { IsBackground = true, Name = $"victim on {device.Info.Kind}" }.Start();
    }

    /// <summary>Addresses that an attacker would like to reach.</summary>
    internal ulong[] Addresses =>
    [
        _secret.Address, _secret.Address + SecretBytes - 4, _input.Address, _output.Address + 64, _region.Layout.Base,
        _region.Layout.LinearBase, _region.Layout.ReadOnlyBase,
    ];

    /// <summary>Rounds that were compared so far.</summary>
    internal long Rounds => Interlocked.Read(ref _rounds);

    /// <summary>
    /// Fails unless a round that begins now ends with the right numbers, nothing of the victim has changed so far, and
    /// the device is alive.
    /// </summary>
    internal void AssertHealthy()
    {
        lock (_lock)
        {
            // The round under way began before; the next one shows the present.
            var needed = _rounds + 2;
            var end = DateTime.UtcNow + Patience;
            while (_rounds < needed && _failure is null && DateTime.UtcNow < end)
            {
                Monitor.Wait(_lock, 100);
            }

            Assert.True(_failure is null, $"the victim noticed: {_failure}");
            Assert.True(_rounds >= needed, $"the victim's kernels did not run for {Patience}");
        }

        Assert.False(_device.IsLost, "the device was lost");
    }

    private void Live()
    {
        try
        {
            for (uint round = 1; ; round++)
            {
                Round(round);
                lock (_lock)
                {
                    _rounds++;
                    Monitor.PulseAll(_lock);
                }
            }
        }
        catch (Exception e) when (e is GpuException or InvalidOperationException)
        {
            lock (_lock)
            {
                _failure = e.Message;
                Monitor.PulseAll(_lock);
            }
        }
    }

    private void Round(uint round)
    {
        var parameters = new byte[_kernel.Kernel.Signature.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(parameters, _input.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(parameters.AsSpan(8), _output.Address);
        BinaryPrimitives.WriteUInt32LittleEndian(parameters.AsSpan(16), round);
        _region.DefaultStream.Launch(_kernel, new LaunchShape(new(Count / 128), new(128)), parameters);
        _region.DefaultStream.Wait();
        var numbers = new uint[Count];
        _output.Read(0, MemoryMarshal.AsBytes(numbers.AsSpan()));
        for (var i = 0; i < Count; i++)
        {
            // The neighbour in the block, four mixing steps: what the kernel does.
            var value = _numbers[i ^ 1] + round;
            for (var step = 0; step < 4; step++)
            {
                value = (value * 2654435761) ^ (value >> 15);
            }

            if (numbers[i] != value)
            {
                throw new InvalidOperationException($"round {round}: number {i} is {numbers[i]:x8}, not {value:x8}");
            }
        }

        var secret = new byte[SecretBytes];
        _secret.Read(0, secret);
        if (secret.AsSpan().CommonPrefixLength(_secretBytes) is var same && same < SecretBytes)
        {
            throw new InvalidOperationException($"round {round}: byte {same} of its memory changed to {secret[same]:x2}");
        }

        var kept = new byte[Count * 4];
        _input.Read(0, kept);
        if (!kept.AsSpan().SequenceEqual(MemoryMarshal.AsBytes(_numbers.AsSpan())))
        {
            throw new InvalidOperationException($"round {round}: its input changed");
        }
    }

    private const string Kernel = """
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry victim(.param .u64 from, .param .u64 to, .param .u32 round)
        {
            .reg .pred %p<2>; .reg .b32 %r<12>; .reg .b64 %rd<8>;
            .shared .align 4 .b8 tile[512];
            ld.param.u64 %rd1, [from]; ld.param.u64 %rd2, [to]; ld.param.u32 %r1, [round];
            mov.u32 %r2, %tid.x; mov.u32 %r3, %ctaid.x; mov.u32 %r4, %ntid.x; mad.lo.s32 %r5, %r3, %r4, %r2;
            mul.wide.u32 %rd3, %r5, 4; add.s64 %rd4, %rd1, %rd3; add.s64 %rd5, %rd2, %rd3;
            ld.global.u32 %r6, [%rd4];
            shl.b32 %r7, %r2, 2; mov.u32 %r8, tile; add.s32 %r9, %r8, %r7; st.shared.u32 [%r9], %r6;
            bar.sync 0;
            xor.b32 %r9, %r7, 4; add.s32 %r9, %r8, %r9; ld.shared.u32 %r6, [%r9]; add.s32 %r6, %r6, %r1;
            mov.u32 %r10, 0;
        $mix:
            mul.lo.u32 %r11, %r6, 2654435761; shr.u32 %r6, %r6, 15; xor.b32 %r6, %r11, %r6;
            add.s32 %r10, %r10, 1; setp.lt.s32 %p1, %r10, 4; @%p1 bra $mix;
            st.global.u32 [%rd5], %r6;
            ret;
        }
        """;
}
