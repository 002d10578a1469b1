using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Semantics;

public sealed class CorpusVerificationTests
{
    [Fact]
    public void Kernels_of_Triton_are_accepted()
    {
        Assert.All(PtxCorpus.Triton, path =>
        {
            PtxVerification result = PtxVerifier.Verify(File.ReadAllBytes(path));
            Assert.Empty(result.Diagnostics);
            Assert.Single(result.Kernels);
        });
    }

    [Fact]
    public void The_flat_form_verifies_again()
    {
        Assert.All(PtxCorpus.Triton, path =>
        {
            string text = File.ReadAllText(path);
            string shared = text.Contains(".extern .shared", StringComparison.Ordinal)
                ? ".extern .shared .align 16 .b8 global_smem[];\n"
                : "";
            PtxVerification first = PtxText.Verify(text);
            string flat = first.Kernels[0].ToString();
            Assert.Empty(PtxText.Verify($".version 8.7\n.target sm_90a\n.address_size 64\n{shared}{flat}").Diagnostics);
        });
    }
}
