namespace TensorWasm.Gpu.Tests;

/// <summary>The allocator against a model that marks every 256-byte piece.</summary>
public sealed class HeapAllocatorTests
{
    private const ulong Granule = RegionLayout.Granule;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_traffic_agrees_with_a_map_of_every_piece(int seed)
    {
        const ulong Size = 16 * Granule;
        var random = new Random(seed);
        var heap = new HeapAllocator(Size);
        var pieces = new int[Size / 256];
        var live = new Dictionary<ulong, ulong>();
        var committed = new HashSet<ulong>();
        for (var round = 0; round < 4000; round++)
        {
            if (random.Next(5) < 3)
            {
                var bytes = (ulong)(random.Next(4) == 0 ? random.Next(1, 6 << 20) : random.Next(1, 5000));
                var rounded = (bytes + 255) / 256;
                if (!heap.TryAllocate(bytes, out var offset, out var granules))
                {
                    Assert.False(HasRun(pieces, (int)rounded));
                    continue;
                }
                Assert.Equal(0UL, offset % 256);
                Assert.All(Slice(pieces, offset, rounded), piece => Assert.Equal(0, piece));
                Mark(pieces, offset, rounded, 1);
                live.Add(offset, rounded);
                Assert.All(Each(granules), granule => Assert.True(committed.Add(granule)));
            }
            else if (live.Count > 0)
            {
                var offset = live.Keys.ElementAt(random.Next(live.Count));
                live.Remove(offset, out var rounded);
                Mark(pieces, offset, rounded, 0);
                Assert.All(Each(heap.Free(offset)), granule => Assert.True(committed.Remove(granule)));
            }

            var used = Enumerable.Range(0, 16).Select(i => (ulong)i * Granule)
                .Where(granule => Slice(pieces, granule, Granule / 256).Contains(1));
            Assert.Equal(used, committed.Order());
            Assert.Equal(committed.Count, heap.Granules);
        }
        foreach (var offset in live.Keys)
        {
            heap.Free(offset);
        }
        Assert.True(heap.TryAllocate(Size, out var all, out _));
        Assert.Equal(0UL, all);
    }

    [Fact]
    public void What_does_not_fit_or_is_nothing_is_refused()
    {
        var heap = new HeapAllocator(Granule);
        Assert.False(heap.TryAllocate(0, out _, out _));
        Assert.False(heap.TryAllocate(Granule + 1, out _, out _));
        Assert.False(heap.TryAllocate(ulong.MaxValue, out _, out _));
        Assert.Throws<InvalidOperationException>(() => heap.Free(0));
    }

    private static IEnumerable<ulong> Each(List<(ulong Offset, ulong Bytes)> runs) =>
        from run in runs
        from i in Enumerable.Range(0, (int)(run.Bytes / Granule))
        select run.Offset + ((ulong)i * Granule);

    private static ArraySegment<int> Slice(int[] pieces, ulong offset, ulong count) =>
        new(pieces, (int)(offset / 256), (int)count);

    private static void Mark(int[] pieces, ulong offset, ulong count, int value) =>
        Slice(pieces, offset, count).AsSpan().Fill(value);

    private static bool HasRun(int[] pieces, int length)
    {
        var run = 0;
        foreach (var piece in pieces)
        {
            run = piece == 0 ? run + 1 : 0;
            if (run == length)
            {
                return true;
            }
        }
        return false;
    }
}
