using System.Text;
using TensorWasm.Ptx;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Gpu.Tests;

/// <summary>Arguments against what a kernel declares; offsets by the C rules for structures.</summary>
public sealed class ParameterWriterTests
{
    private static readonly KernelSignature Signature = Parse("""
        .version 7.8
        .target sm_80
        .address_size 64
        .visible .entry k(
            .param .u32 n, .param .u64 p, .param .f32 x, .param .f64 y, .param .b32 bits, .param .u64 .ptr .global q,
            .param .align 4 .b8 pair[12])
        { ret; }
        """);

    [Fact]
    public void Each_argument_lands_at_its_offset()
    {
        var block = new byte[Signature.Size];
        var writer = new ParameterWriter("k", Signature, block);
        writer.Add(ArgumentKind.Int32, [1, 2, 3, 4]);
        writer.Add(ArgumentKind.Pointer, [9, 9, 9, 9, 9, 9, 9, 9]);
        writer.Add(ArgumentKind.Float32, [5, 5, 5, 5]);
        writer.Add(ArgumentKind.Float64, [6, 6, 6, 6, 6, 6, 6, 6]);
        writer.Add(ArgumentKind.Float32, [7, 7, 7, 7]);
        writer.Add(ArgumentKind.Int64, [8, 8, 8, 8, 8, 8, 8, 8]);
        writer.Add(ArgumentKind.Bytes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        writer.Finish();

        // 4 bytes, 4 of padding, 8, 4, 4 of padding, 8, 4, 4 of padding, 8, 12.
        Assert.Equal(
            "0102030400000000" + "0909090909090909" + "0505050500000000" + "0606060606060606" + "0707070700000000"
            + "0808080808080808" + "0102030405060708090a0b0c",
            Convert.ToHexStringLower(block));
    }

    [Theory]
    [InlineData(ArgumentKind.Float32, 4)]
    [InlineData(ArgumentKind.Int64, 8)]
    [InlineData(ArgumentKind.Pointer, 8)]
    [InlineData(ArgumentKind.Bytes, 8)]
    [InlineData(ArgumentKind.Int32, 0)]
    public void What_the_first_parameter_is_not_is_refused(ArgumentKind kind, int bytes)
    {
        var refused = Assert.Throws<GpuException>(() =>
        {
            var writer = new ParameterWriter("k", Signature, new byte[Signature.Size]);
            writer.Add(kind, new byte[bytes]);
        });
        Assert.Equal(GpuErrorCode.InvalidArguments, refused.Code);
        Assert.Contains("argument 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'n'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_and_too_many_are_refused()
    {
        Assert.Throws<GpuException>(() => new ParameterWriter("k", Signature, new byte[Signature.Size]).Finish());
        var none = Parse(".version 7.8\n.target sm_80\n.address_size 64\n.visible .entry k() { ret; }");
        new ParameterWriter("k", none, []).Finish();
        Assert.Throws<GpuException>(() => new ParameterWriter("k", none, []).Add(ArgumentKind.Int32, [0, 0, 0, 0]));
    }

    private static KernelSignature Parse(string ptx) =>
        PtxVerifier.Verify(PtxModule.Parse(Encoding.UTF8.GetBytes(ptx)).Syntax!).Kernels[0].Signature;
}
