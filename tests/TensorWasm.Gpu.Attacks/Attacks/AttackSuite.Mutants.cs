using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Gpu.Attacks;

/// <content>
/// Thousands of mutants of kernels as compilers write them. TENSORWASM_ATTACK_COUNT says how many,
/// TENSORWASM_ATTACK_SECONDS for how long at most, TENSORWASM_ATTACK_SEED from which on.
/// </content>
public abstract partial class AttackSuite
{
    private static readonly TimeSpan MutantLimit = TimeSpan.FromMilliseconds(50);

    private static long Setting(string name, long standard) =>
        long.TryParse(Environment.GetEnvironmentVariable("TENSORWASM_ATTACK_" + name), CultureInfo.InvariantCulture, out var value)
            ? value
            : standard;

    [Fact]
    public void Mutants_of_compilers_kernels_stay_inside()
    {
        var seed = Setting("SEED", 1);
        var count = Setting("COUNT", long.MaxValue - seed);
        var seconds = Setting("SECONDS", count < long.MaxValue - seed ? 3600 : 30);
        var start = Stopwatch.GetTimestamp();
        var ends = new Dictionary<string, int>(StringComparer.Ordinal);
        var mutant = seed;
        using var attacker = new Attacker(Device);
        for (; mutant < seed + count && Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; mutant++)
        {
            try
            {
                Count(ends, RunMutant(attacker, mutant));
                if (mutant % 64 == 0)
                {
                    Victim.AssertHealthy();
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Assert.Fail($"TENSORWASM_ATTACK_SEED={mutant} TENSORWASM_ATTACK_COUNT=1 (or one of the 63 before): {e}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Kind}: {mutant - seed} mutants from seed {seed}: {string.Join(", ", ends.Select(end => $"{end.Value} {end.Key}"))}");
        Assert.True(mutant > seed);
    }

    private static void Count(Dictionary<string, int> ends, string end) => ends[end] = ends.GetValueOrDefault(end) + 1;

    private string RunMutant(Attacker attacker, long seed)
    {
        var random = new Random(unchecked((int)(seed * 2654435761)));
        var corpus = KernelCorpus.All;
        var (name, original) = corpus[random.Next(corpus.Count)];
        var text = new Mutator(random).Mutate(original);
        var mode = (FenceMode)random.Next(2);
        LoadedModule module;
        try
        {
            module = attacker.Region.Load(PtxText.Utf8(text), mode);
        }
        catch (GpuException refusal)
        {
            Assert.True(
                refusal.Code is GpuErrorCode.MalformedPtx or GpuErrorCode.InvalidKernel, $"{name} {mode}: {refusal.Code} {refusal.Message}");
            return "refused";
        }

        using (module)
        {
            var last = "empty";
            foreach (var kernel in module.Kernels)
            {
                var outcome = attacker.Launch(
                    kernel, Arguments(attacker, kernel.Kernel.Signature, random), Shape(kernel.Kernel, random), MutantLimit);
                Assert.True(
                    outcome.Code is null or GpuErrorCode.OutOfBounds or GpuErrorCode.DeadlineExceeded or GpuErrorCode.Trapped
                        or GpuErrorCode.InvalidDimensions or GpuErrorCode.InvalidKernel or GpuErrorCode.Diverged,
                    $"{name} {mode} {kernel.Kernel.Name}: {outcome}");
                last = outcome.Code?.ToString() ?? "ran";
            }

            return last;
        }
    }

    private byte[] Arguments(Attacker attacker, KernelSignature signature, Random random)
    {
        var block = new byte[signature.Size];
        Span<byte> value = stackalloc byte[8];
        foreach (var parameter in signature.Parameters)
        {
            if (parameter.Size > 8)
            {
                random.NextBytes(block.AsSpan(parameter.Offset, parameter.Size));
                continue;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(value, parameter.Size == 8 ? Pointer(attacker, random) : Number(random));
            value[..parameter.Size].CopyTo(block.AsSpan(parameter.Offset));
        }

        return block;
    }

    private ulong Pointer(Attacker attacker, Random random)
    {
        var forged = attacker.Forged(Victim);
        return random.Next(4) switch
        {
            0 => forged[random.Next(forged.Length)] + (ulong)random.Next(64),
            1 => (ulong)random.NextInt64(),
            _ => attacker.Own.Address + ((ulong)random.Next(Attacker.BufferBytes / 16) * 16),
        };
    }

    private static ulong Number(Random random) => random.Next(3) switch
    {
        0 => (ulong)random.Next(300),
        1 => (ulong)random.NextInt64(),
        _ => 1UL << random.Next(33),
    };

    private static LaunchShape Shape(GpuKernel kernel, Random random)
    {
        var required = kernel.Fenced.Kernel.Bounds.RequiredThreads;
        var block = required is not null
            ? new Dim3((uint)required[0], required.Count > 1 ? (uint)required[1] : 1, required.Count > 2 ? (uint)required[2] : 1)
            : random.Next(3) == 0 ? new Dim3(16, 16) : new Dim3((uint)(32 << random.Next(4)));
        return new LaunchShape(new((uint)random.Next(1, 9), (uint)random.Next(1, 3)), block, random.Next(4) << 12);
    }
}
