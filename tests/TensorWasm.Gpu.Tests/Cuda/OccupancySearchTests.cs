using TensorWasm.Ptx;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Tests.Cuda;

/// <summary>
/// How many blocks a kernel is assembled for, by hand: an H200's multiprocessor has 65,536 registers, given in eights, and holds
/// 2,048 threads.
/// </summary>
public sealed class OccupancySearchTests
{
    private static readonly DeviceInfo Device = new()
    {
        Kind = DeviceKind.Cuda,
        Ordinal = 0,
        Name = "",
        Architecture = 90,
        MemoryBytes = 0,
        Multiprocessors = 132,
        MaxSharedBytesPerBlock = 232_448,
        DriverVersion = "13.0",
        MaxThreadsPerMultiprocessor = 2048,
        RegistersPerMultiprocessor = 65_536,
    };

    [Theory]
    [InlineData(".maxntid 256", 150, 2)] // 1 block now; 2 leave 128 registers, 3 would leave 80
    [InlineData(".maxntid 256", 70, 4)] // 3 blocks; 4 leave 64, 5 would leave 48, less than 0.7 of 70
    [InlineData(".reqntid 256", 56, 6)] // 4 blocks; 6 leave 40 and are three quarters
    [InlineData(".reqntid 16, 16", 56, 6)]
    [InlineData(".reqntid 250", 56, 6)] // eight warps all the same
    [InlineData(".reqntid 256", 39, null)] // 6 blocks are more than half
    [InlineData(".reqntid 1024", 64, null)] // 1 block is half; 2 would be more than three quarters
    [InlineData(".reqntid 256 .minnctapersm 1", 150, null)] // the author said it
    [InlineData(".reqntid 256 .maxnreg 160", 150, null)]
    [InlineData("", 150, null)] // nobody knows how large a block is
    public void A_kernel_that_leaves_much_of_a_multiprocessor_empty_is_to_fill_it(string directives, int registers, int? blocks) =>
        Assert.Equal(blocks, Goal(directives, "ret;", registers));

    /// <summary>With 56 registers 4 blocks are half of it, with 150 one is an eighth.</summary>
    [Theory]
    [InlineData("ld.global.u32 %r2, [%rd1];", 56, null)]
    [InlineData("ld.global.u32 %r2, [%rd1];", 150, 2)]
    [InlineData("ld.global.u32 %r2, [%rd1]; bar.sync 0;", 56, 6)]
    [InlineData("ld.shared.u32 %r2, [box];", 56, 6)]
    public void A_loop_that_streams_keeps_its_registers(string body, int registers, int? blocks) => Assert.Equal(
        blocks,
        Goal(
            ".reqntid 256",
            $"ld.param.u64 %rd1, [a]; mov.u32 %r1, 0; $l: {body} add.u32 %r1, %r1, 1; setp.lt.u32 %p1, %r1, 9; @%p1 bra $l; ret;",
            registers));

    private static int? Goal(string directives, string body, int registers)
    {
        var module = PtxFence.Apply(
            System.Text.Encoding.UTF8.GetBytes(
                ".version 8.0\n.target sm_90\n.address_size 64\n"
                + $".visible .entry k(.param .u64 a) {directives} {{ .shared .align 16 .b8 box[64]; .reg .b32 %r<9>; .reg .b64 %rd<9>; .reg .pred %p<9>; {body} }}"),
            new FenceOptions());
        Assert.Empty(module.Diagnostics);
        return OccupancySearch.Goal(module.Kernels[0], new KernelResources(registers, 64, 0, 1024), Device);
    }
}
