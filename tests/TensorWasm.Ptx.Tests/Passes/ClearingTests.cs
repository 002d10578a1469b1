using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Passes;

/// <summary>
/// Threads clear shared memory together, so all must have begun before one touches it (PTX ISA 9.7.13.1): a barrier stands
/// before the first access on every way, as late as all threads still pass it once.
/// </summary>
public sealed class ClearingTests
{
    private static FenceOptions Options { get; } = FenceText.Constant with { ClearShared = true };

    /// <summary>In each the letter B is where the barrier belongs, if one is needed.</summary>
    [Theory]
    [InlineData("mov.u32 %r5, %tid.x; B st.shared.u32 [box], %r5;")]
    [InlineData("ld.param.u64 %rd1, [a]; ld.global.u32 %r5, [%rd1]; B st.shared.u32 [box], %r5;")]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p1, %r5, 0; B @%p1 bra $x; st.shared.u32 [box], %r5; $x: bar.sync 0;")]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p1, %r5, 0; @%p1 bra $x; add.u32 %r5, %r5, 1; $x: add.u32 %r5, %r5, 2; B st.shared.u32 [box], %r5;")]
    [InlineData("mov.u32 %r5, 0; B $l: st.shared.u32 [box], %r5; add.u32 %r5, %r5, 1; setp.lt.u32 %p1, %r5, 9; @%p1 bra $l;")]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p1, %r5, 0; B @%p1 exit; add.u32 %r5, %r5, 1; st.shared.u32 [box], %r5;")]
    [InlineData("mov.u32 %r5, %tid.x; bar.sync 0; st.shared.u32 [box], %r5;")]
    [InlineData("mov.u32 %r5, %tid.x; setp.eq.u32 %p1, %r5, 0; @%p1 bra $x; add.u32 %r5, %r5, 1; $x: bar.sync 0; st.shared.u32 [box], %r5;")]
    public void All_have_begun_before_one_touches_it(string body)
    {
        string[] code = FenceText.Code(FenceText.Kernel(
            ".shared .align 16 .b8 box[64]; " + body.Replace("B ", "", StringComparison.Ordinal), Options, ".param .u64 a", directives: ".reqntid 64"));

        // The author's instructions and the barrier, by their mnemonics; the fence's own have registers of its own.
        string[] expected = [.. body.Replace("B ", "bar.sync 0; ", StringComparison.Ordinal).Split(';', ':')
            .Select(Mnemonic).Where(text => text.Length > 0)];
        string[] found = [.. code.Where(line => !line.Contains("%tw_", StringComparison.Ordinal) || line.Contains(".u32 %r5", StringComparison.Ordinal)
                || line.Contains("st.shared.u32", StringComparison.Ordinal))
            .Select(Mnemonic).Where(text => text.Length > 0)];
        Assert.Equal(expected, found.Take(expected.Length));
        Assert.Single(code, line => line.Contains("st.shared.v4.b32", StringComparison.Ordinal));
    }

    [Fact]
    public void Memory_that_nobody_touches_is_not_cleared() => Assert.DoesNotContain(
        FenceText.Code(FenceText.Kernel(".shared .align 16 .b8 box[64]; mov.u32 %r5, %tid.x;", Options)),
        line => line.Contains(".shared", StringComparison.Ordinal) || line.Contains("bar", StringComparison.Ordinal));

    [Theory]
    [InlineData(".reqntid 64", 64, 1, false)]
    [InlineData(".reqntid 64", 1024, 1, false)]
    [InlineData(".reqntid 64", 4096, 4, false)]
    [InlineData(".reqntid 64", 8192, 4, true)]
    [InlineData(".reqntid 8, 8", 4096, 4, true)]
    [InlineData(".maxntid 64", 1024, 1, true)]
    public void All_of_it_is_cleared(string directives, int bytes, int stores, bool hasLoop)
    {
        string[] code = FenceText.Code(FenceText.Kernel(
            $".shared .align 16 .b8 box[{bytes}]; st.shared.u32 [box], 1;", Options, directives: directives));
        Assert.Equal(stores + (hasLoop ? 1 : 0), code.Count(line => line.Contains("st.shared.v4.b32", StringComparison.Ordinal)));
    }

    private static string Mnemonic(string line)
    {
        string[] words = line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [] || words[0][0] is '$' or '.' ? "" : words[0].StartsWith('@') ? words[1].TrimEnd(';') : words[0].TrimEnd(';');
    }
}
