using System.Globalization;
using TensorWasm.Ptx;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Samples.Tests;

/// <summary>Every sample's kernel is accepted as it stands, and its hot loops run without fences.</summary>
public sealed class KernelTests
{
    private static readonly FenceOptions Options = new() { RegionBits = 35, VerifyOutput = true };

    private static FencedModule Fence(string path, FenceOptions options)
    {
        FencedModule module = PtxFence.Apply(File.ReadAllBytes(path), options);
        Assert.True(module.IsValid, $"{path}: {string.Join('\n', module.Diagnostics)}");
        return module;
    }

    [Fact]
    public void Every_kernel_is_accepted_and_fenced_in_both_modes()
    {
        Assert.NotEmpty(Samples.Kernels);
        Assert.All(Samples.Kernels, path =>
        {
            Fence(path, Options);
            Fence(path, Options with { Mode = FenceMode.Check });
        });
    }

    /// <summary>
    /// How many innermost loops of each kernel get an unfenced copy, and how many do not. The two that do not have no
    /// access to memory.
    /// </summary>
    [Fact]
    public void Hot_loops_run_unfenced()
    {
        string[] expected =
        [
            "conv2d convolve: 0 versioned, 0 not",
            "histogram histogram: 1 versioned, 0 not",
            "mandelbrot-png mandelbrot: 0 versioned, 1 not",
            "matmul-mma matmul: 1 versioned, 0 not",
            "matmul-naive matmul: 2 versioned, 0 not",
            "matmul-tiled matmul: 1 versioned, 0 not",
            "matvec matvec: 2 versioned, 0 not",
            "monte-carlo price: 0 versioned, 1 not",
            "nbody step: 1 versioned, 0 not",
            "reduce sum: 1 versioned, 0 not",
            "reduce dot: 1 versioned, 0 not",
            "rmsnorm rmsnorm: 2 versioned, 0 not",
            "saxpy saxpy: 1 versioned, 0 not",
            "softmax softmax: 2 versioned, 0 not",
            "transpose transpose: 0 versioned, 0 not",
            "vector-add vector_add: 0 versioned, 0 not",
        ];
        Assert.Equal(expected, Samples.Kernels.SelectMany(path => Fence(path, Options).Kernels.Select(kernel =>
        {
            int Count(FenceAction action) => kernel.Notes.Count(note => note.Action == action);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileName(Path.GetDirectoryName(path))} {kernel.Name}: {Count(FenceAction.Versioned)} versioned, {Count(FenceAction.NotVersioned)} not");
        })));
    }
}
