using System.Text;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Tests.TestSupport;

namespace TensorWasm.Ptx.Tests.Passes;

/// <summary>Kernels made to be expensive: each must be answered in time that grows with its size, not its square.</summary>
public sealed class HostileKernelTests
{
    public static TheoryData<string> Shapes => ["loops", "latches", "accesses", "nest", "registers", "entries", "chain", "table"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Expensive_shapes_are_answered_soon(string shape)
    {
        string text = Build(shape, 12_000);
        long start = TimeProvider.System.GetTimestamp();
        FencedModule fenced = PtxFence.Apply(
            Encoding.UTF8.GetBytes(text), new FenceOptions { Mode = FenceMode.Check });
        TimeSpan time = TimeProvider.System.GetElapsedTime(start);
        Assert.True(fenced.IsValid || fenced.Diagnostics.Count > 0);
        // Seconds where a square of 12,000 would take minutes; wide for busy machines.
        Assert.True(time < TimeSpan.FromSeconds(20), $"{shape} took {time}");
    }

    private static string Build(string shape, int count)
    {
        var body = new StringBuilder();
        if (shape == "entries")
        {
            for (int i = 0; i < count; i++)
            {
                body.Append($".entry k{i}() {{ ret; }}\n");
            }

            return PtxText.Header + body;
        }

        body.Append("ld.param.u64 %rd1, [a];\n$head:\n");
        for (int i = 0; i < count; i++)
        {
            body.Append(shape switch
            {
                "loops" => $"$l{i}: add.s32 %r1, %r1, 1; setp.lt.s32 %p1, %r1, %r2; @%p1 bra $l{i};\n",
                "latches" => "add.s32 %r1, %r1, 1; @%p1 bra $head;\n",
                "accesses" => $"ld.global.u32 %r1, [%rd1+{i * 4}];\n",
                "nest" => $"$l{i}: add.s32 %r1, %r1, 1;\n",
                "registers" => $".reg .b32 %x{i}; add.s32 %x{i}, %x{Math.Max(i - 1, 0)}, 1;\n",
                "chain" => $"@%p1 add.s64 %rd{(i % 9) + 1}, %rd{((i + 1) % 9) + 1}, %rd{((i + 2) % 9) + 1};\n",
                _ => $"$t{i}:\n",
            });
        }

        if (shape == "nest")
        {
            for (int i = count - 1; i >= 0; i--)
            {
                body.Append($"@%p1 bra $l{i};\n");
            }
        }
        else if (shape == "table")
        {
            body.Append("$tt: .branchtargets ").AppendJoin(",\n", Enumerable.Range(0, count).Select(i => $"$t{i}")).Append(";\nbrx.idx %r1, $tt;\n");
        }

        return PtxText.Module(body + "ret;\n", ".param .u64 a");
    }
}
