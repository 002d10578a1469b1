using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Tests.TestSupport;

/// <summary>Short ways from text to fenced kernels. The output is always verified again.</summary>
internal static class FenceText
{
    /// <summary>A region of 16 GiB at 64 GiB.</summary>
    public static FenceOptions Constant { get; } = new()
    {
        RegionBase = 0x10_0000_0000,
        RegionBits = 34,
        Deadline = DeadlineKind.None,
        ClearShared = false,
        ClearLocal = false,
        VersionLoops = false,
        VerifyOutput = true,
    };

    public static FencedModule Module(string text, FenceOptions options)
    {
        PtxModule module = PtxModule.Parse(text);
        Assert.Empty(module.Diagnostics);
        return PtxFence.Apply(module.Syntax!, options);
    }

    public static FencedKernel Kernel(
        string body, FenceOptions options, string parameters = "", string globals = "", string directives = "")
    {
        FencedModule fenced = Module(PtxText.Module(body, parameters, globals, directives), options);
        Assert.Empty(fenced.Diagnostics);
        return fenced.Kernels.Single();
    }

    /// <summary>The instructions of the kernel, label and prologue left out where they are the author's own.</summary>
    public static string[] Code(FencedKernel kernel) =>
        [.. kernel.Kernel.Blocks.SelectMany(block => block.Instructions).Select(instruction => instruction.ToString())];
}
