using TensorWasm.Ptx.Syntax;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Syntax;

public sealed class RoundTripTests
{
    public static TheoryData<string> Texts => PtxCorpus.All();

    [Theory]
    [MemberData(nameof(Texts))]
    public void Parse_print_parse_is_the_identity(string path)
    {
        PtxModule first = PtxModule.Parse(File.ReadAllBytes(path));
        Assert.Empty(first.Diagnostics);
        string printed = PtxPrinter.Print(first.Syntax!);
        PtxModule second = PtxModule.Parse(printed);
        Assert.Empty(second.Diagnostics);
        Assert.Equal(TreeText.Of(first.Syntax), TreeText.Of(second.Syntax));
        Assert.Equal(printed, PtxPrinter.Print(second.Syntax!));
    }
}
