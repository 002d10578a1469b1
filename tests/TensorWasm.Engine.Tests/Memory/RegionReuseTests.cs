namespace TensorWasm.Engine.Tests;

/// <summary>Initial images, reset and reuse of slots: nothing of a former guest may ever be seen.</summary>
public sealed unsafe class RegionReuseTests
{
    private const int Page = (int)LinearMemory.PageBytes;

    [Theory]
    [MemberData(nameof(LinearMemoryTests.Modes), MemberType = typeof(LinearMemoryTests))]
    public void Images_have_the_segments_bytes_in_their_order(bool guarded, bool is64)
    {
        var random = new Random(2);
        for (var round = 0; round < 30; round++)
        {
            var length = 64 * Page;
            var expected = new byte[length];
            var segments = new List<(ulong, ReadOnlyMemory<byte>)>();
            for (var i = random.Next(12); i >= 0; i--)
            {
                var bytes = new byte[random.Next(3) switch { 0 => random.Next(20), 1 => random.Next(9000), _ => random.Next(400_000) }];
                random.NextBytes(bytes);
                var offset = random.Next(length - bytes.Length + 1);
                segments.Add(((ulong)offset, bytes));
                bytes.CopyTo(expected, offset);
            }
            using var image = MemoryImage.Create(segments);
            for (var instance = 0; instance < 3; instance++)
            {
                using var memory = LinearMemory.Create(64, 100, is64, guarded, image);
                Assert.True(memory.GetSpan(0, length).SequenceEqual(expected));
                memory.Grow(3);
                memory.Fill(0, 0xEE, memory.ByteLength);
                memory.Reset(image);
                Assert.True(memory.GetSpan(0, length).SequenceEqual(expected));
                Assert.Equal((ulong)length, memory.ByteLength);
                memory.Fill(0, 0xEE, memory.ByteLength);
            }
        }
    }

    [Theory]
    [MemberData(nameof(LinearMemoryTests.Modes), MemberType = typeof(LinearMemoryTests))]
    public void No_residue_whatever_comes_next(bool guarded, bool is64)
    {
        var big = new byte[100_000];
        Array.Fill(big, (byte)0x55);
        using var mapped = MemoryImage.Create([(1000, big)]);
        using var other = MemoryImage.Create([(70_000, big)]);
        using var small = MemoryImage.Create([(0, big.AsMemory(0, 100))]);
        MemoryImage?[] images = [null, mapped, other, small];
        var random = new Random(3);
        for (var round = 0; round < 400; round++)
        {
            var image = images[random.Next(images.Length)];
            var pages = (ulong)random.Next(3, 9);
            using var memory = LinearMemory.Create(pages, 100, is64, guarded, image);
            AssertPristine(memory, image, mapped, other, small);
            if (guarded)
            {
                Assert.Throws<NullReferenceException>(() => Emitted.Load8(memory.Base, (uint)memory.ByteLength, 0));
            }
            memory.Grow((ulong)random.Next(10));
            memory.Fill(0, 0xEE, memory.ByteLength);
            if (random.Next(2) == 0)
            {
                image = images[random.Next(images.Length)];
                memory.Reset(image);
                AssertPristine(memory, image, mapped, other, small);
                memory.Fill(0, 0xEE, memory.ByteLength);
            }
        }
    }

    [Fact]
    public void Instances_of_an_image_do_not_see_each_other()
    {
        GuardPagesTests.SkipUnlessSupported();
        using var image = MemoryImage.Create([(0, new byte[200_000])]);
        GuardPagesTests.Hammer(4, thread =>
        {
            for (var i = 0; i < 100; i++)
            {
                using var memory = LinearMemory.Create(4, 4, false, true, image);
                Assert.Equal(-1, memory.GetSpan(0, 4 * Page).IndexOfAnyExcept((byte)0));
                memory.Fill(0, (byte)(thread + 1), 4 * Page);
                Assert.Equal(-1, memory.GetSpan(0, 4 * Page).IndexOfAnyExcept((byte)(thread + 1)));
            }
        });
    }

    [Fact]
    public void A_dead_image_keeps_no_region()
    {
        GuardPagesTests.SkipUnlessSupported();
        var image = MemoryImage.Create([(0, new byte[200_000])]);
        var late = LinearMemory.Create(4, 4, false, true, image);
        LinearMemory.Create(4, 4, false, true, image).Dispose();
        Assert.Single(image.Regions);
        image.Dispose();
        Assert.Empty(image.Regions);
        late.Fill(0, 1, 4 * Page);
        late.Dispose();
        Assert.Empty(image.Regions);
        Assert.Equal(0, RegionPool.Lost);
    }

    [Fact]
    public void Forgotten_memories_and_images_are_finalized()
    {
        GuardPagesTests.SkipUnlessSupported();
        var weak = Forget();
        for (var i = 0; i < 5 && weak.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(weak.IsAlive);

        static WeakReference Forget()
        {
            var image = MemoryImage.Create([(0, new byte[200_000])]);
            for (var i = 0; i < 5; i++)
                LinearMemory.Create(4, 4, false, true, image).Dispose();
            _ = LinearMemory.Create(4, 4, false, true, image);
            return new WeakReference(image);
        }
    }

    [Fact]
    public void Exhaustion_is_a_clear_error_and_forgotten_memories_come_back()
    {
        GuardPagesTests.SkipUnlessSupported();
        var result = ChildProcess.Run(Exhaust, null, ("TENSORWASM_ADDRESS_POOL_GIB", "64"));
        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Contains("all 7 slots", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_live_memories_fit()
    {
        GuardPagesTests.SkipUnlessSupported();
        var result = ChildProcess.Run(LiveMemories);
        TestContext.Current.TestOutputHelper?.WriteLine(result.Output);
        Assert.True(result.ExitCode == 0, result.Output);
    }

    private static void AssertPristine(
        LinearMemory memory, MemoryImage? image, MemoryImage mapped, MemoryImage other, MemoryImage small)
    {
        var expected = new byte[memory.ByteLength];
        if (image == mapped)
            expected.AsSpan(1000, 100_000).Fill(0x55);
        if (image == other)
            expected.AsSpan(70_000, 100_000).Fill(0x55);
        if (image == small)
            expected.AsSpan(0, 100).Fill(0x55);
        Assert.True(memory.GetSpan(0, expected.Length).SequenceEqual(expected));
    }

    private static void Exhaust()
    {
        var memories = new List<LinearMemory>();
        try
        {
            while (true)
                memories.Add(LinearMemory.Create(1, 1, false, true, null));
        }
        catch (InsufficientMemoryException e)
        {
            Console.WriteLine(e.Message);
        }
        Assert.Equal(7, memories.Count);
        Forget(memories);
        Thread.Sleep(1100); // looks for forgotten ones once a second
        using var next = LinearMemory.Create(1, 1, false, true, null);

        static void Forget(List<LinearMemory> memories) => memories.Clear();
    }

    private static void LiveMemories()
    {
        const int Count = 10_000;
        var before = Environment.WorkingSet;
        var data = new byte[40_000];
        new Random(4).NextBytes(data);
        var image = MemoryImage.Create([(1024, data)]);
        var memories = new LinearMemory[Count];
        for (var i = 0; i < Count; i++)
        {
            memories[i] = LinearMemory.Create(2, 100, false, true, image);
            Emitted.Store32(memories[i].Base, 70_000, 0, i);
        }
        var (used, allowed) = LinuxMappings.Count();
        var perMemory = (double)LinuxMappings.CountWithin(GuardPages.Pool.Start, (nuint)GuardPages.Pool.Bytes) / Count;
        var resident = (Environment.WorkingSet - before) / Count;
        Console.WriteLine(FormattableString.Invariant(
            $"{perMemory:F2} mappings, {resident} bytes resident a memory; {used} of {allowed} mappings in all"));
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(i, Emitted.Load32(memories[i].Base, 70_000, 0));
            Assert.Equal(data[5], Emitted.Load8(memories[i].Base, 1029, 0));
        }
        Assert.InRange(perMemory, 1, 4.01);
        Assert.InRange(resident, 1, 16 << 10);
        foreach (var memory in memories)
            memory.Dispose();
        image.Dispose();
        Assert.Equal(0, RegionPool.Lost);
    }
}
