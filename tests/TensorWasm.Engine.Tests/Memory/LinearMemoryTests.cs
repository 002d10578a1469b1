namespace TensorWasm.Engine.Tests;

/// <summary>Size, growth, bulk operations and disposal of a memory, with guard pages and without.</summary>
public sealed unsafe class LinearMemoryTests
{
    private const ulong Page = LinearMemory.PageBytes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void Starts_zeroed_with_its_length_below_its_base(bool guarded, bool is64)
    {
        using var memory = Create(2, 10, guarded, is64);
        Assert.Equal(2 * Page, memory.ByteLength);
        Assert.Equal(2 * Page, *(ulong*)(memory.Base - 8));
        Assert.Equal(-1, memory.GetSpan(0, (int)(2 * Page)).IndexOfAnyExcept((byte)0));
        Assert.Equal(guarded, memory.IsGuarded);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Grows_in_place_by_zeroed_pages_up_to_its_maximum(bool guarded, bool is64)
    {
        using var memory = Create(1, 40, guarded, is64);
        var start = memory.Base;
        memory.Fill(0, 0xAA, Page);
        for (var pages = 1; pages < 40; pages++)
            Assert.Equal(pages, memory.Grow(1));
        Assert.Equal(-1, memory.Grow(1));
        Assert.Equal(-1, memory.Grow(ulong.MaxValue));
        Assert.Equal(40, memory.Grow(0));
        Assert.Equal(start, memory.Base);
        Assert.Equal(40 * Page, *(ulong*)(memory.Base - 8));
        Assert.Equal(-1, memory.GetSpan(0, (int)Page).IndexOfAnyExcept((byte)0xAA));
        Assert.Equal(-1, memory.GetSpan(Page, (int)(39 * Page)).IndexOfAnyExcept((byte)0));
        memory.Fill(0, 1, 40 * Page);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Grows_to_all_that_32_bits_address(bool guarded, bool is64)
    {
        using var memory = Create(0, 65536, guarded, is64);
        Assert.Equal(0, memory.Grow(65535));
        Assert.Equal(65535, memory.Grow(1));
        Assert.Equal(-1, memory.Grow(1));
        memory.GetSpan((1UL << 32) - 1, 1)[0] = 7;
        Assert.Equal(7, Emitted.Load8(memory.Base, uint.MaxValue, 0));
        Assert.Throws<TrapException>(() => memory.Fill(1UL << 32, 1, 1));
        if (guarded)
            Assert.Throws<NullReferenceException>(() => Emitted.Load16(memory.Base, uint.MaxValue, 0));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Many_threads_growing_get_each_size_once(bool guarded, bool is64)
    {
        using var memory = Create(0, 800, guarded, is64);
        var seen = new int[801];
        GuardPagesTests.Hammer(8, _ =>
        {
            for (var i = 0; i < 150; i++)
            {
                var old = memory.Grow(1);
                if (old >= 0)
                    Interlocked.Increment(ref seen[old]);
            }
        });
        Assert.All(seen[..800], count => Assert.Equal(1, count));
        Assert.Equal(800 * Page, memory.ByteLength);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Bulk_operations_check_all_bounds_before_the_first_byte(bool guarded, bool is64)
    {
        using var memory = Create(1, 1, guarded, is64);
        using var other = Create(1, 1, guarded, is64);
        ulong[] far = [Page, Page + 1, uint.MaxValue, 1UL << 32, ulong.MaxValue - 1, ulong.MaxValue];
        foreach (var address in far)
        {
            AssertTraps(() => memory.Fill(address, 1, 1));
            AssertTraps(() => memory.Fill(1, 1, address));
            AssertTraps(() => memory.Init(address, new byte[1]));
            AssertTraps(() => LinearMemory.Copy(memory, address, other, 0, 1));
            AssertTraps(() => LinearMemory.Copy(memory, 0, other, address, 1));
            AssertTraps(() => LinearMemory.Copy(memory, 1, other, 0, address));
        }
        AssertTraps(() => memory.Init(Page - 1, new byte[2]));
        memory.Fill(Page, 1, 0);
        memory.Init(Page, []);
        LinearMemory.Copy(memory, Page, other, Page, 0);
        Assert.Equal(-1, memory.GetSpan(0, (int)Page).IndexOfAnyExcept((byte)0));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Copies_that_overlap_are_as_if_through_a_buffer(bool guarded, bool is64)
    {
        const int Bytes = 5 << 20;
        using var memory = Create(Bytes / Page, Bytes / Page, guarded, is64);
        var random = new Random(1);
        var expected = new byte[Bytes];
        foreach (var (to, from, length) in new[]
                 {
                     (0, 1, 4 << 20), (1, 0, 4 << 20), (1 << 20, 0, 4 << 20), (0, 1 << 20, 4 << 20),
                     (100, 100, 3 << 20), ((1 << 20) - 1, 0, (3 << 20) + 1), (0, 3 << 20, 1 << 20), (5, 3, 10),
                 })
        {
            random.NextBytes(expected);
            memory.Init(0, expected);
            LinearMemory.Copy(memory, (ulong)to, memory, (ulong)from, (ulong)length);
            expected.AsSpan(from, length).ToArray().CopyTo(expected, to);
            Assert.True(memory.GetSpan(0, Bytes).SequenceEqual(expected), $"{to} {from} {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Long_bulk_operations_can_be_stopped(bool guarded, bool is64)
    {
        using var memory = Create(64, 64, guarded, is64);
        var stop = 1;
        var fill = Assert.Throws<TrapException>(() => memory.Fill(0, 1, 4 << 20, in stop));
        Assert.Equal(TrapCode.Interrupted, fill.Code);
        var copy = Assert.Throws<TrapException>(() => LinearMemory.Copy(memory, 0, memory, 1, 3 << 20, in stop));
        Assert.Equal(TrapCode.Interrupted, copy.Code);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void After_disposal_the_host_gets_an_exception(bool guarded, bool is64)
    {
        var memory = Create(1, 2, guarded, is64);
        memory.Dispose();
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => memory.ByteLength);
        Assert.Throws<ObjectDisposedException>(() => memory.Grow(1));
        Assert.Throws<ObjectDisposedException>(() => memory.Contains(0, 0));
        Assert.Throws<ObjectDisposedException>(() => memory.Fill(0, 0, 1));
        Assert.Throws<ObjectDisposedException>(() => memory.Init(0, new byte[1]));
        Assert.Throws<ObjectDisposedException>(() => LinearMemory.Copy(memory, 0, memory, 0, 1));
        Assert.Throws<ObjectDisposedException>(() => memory.GetSpan(0, 1).Length);
        Assert.Throws<ObjectDisposedException>(() => memory.Reset(null));
    }

    [Fact]
    public void A_held_memory_is_freed_only_when_it_is_let_go()
    {
        GuardPagesTests.SkipUnlessSupported();
        var memory = Create(1, 1, true, false);
        var held = false;
        memory.DangerousAddRef(ref held);
        memory.Dispose();
        Emitted.Store8(memory.Base, 0, 0, 1);
        using (var next = Create(1, 1, true, false))
            Assert.NotEqual(memory.Base, next.Base);
        memory.DangerousRelease();
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearMemory.Create(2, 1, false, false, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearMemory.Create(65537, 65537, false, false, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearMemory.Create(1UL << 48, 1UL << 48, true, false, null));
        Assert.Throws<ArgumentException>(() => LinearMemory.Create(1, 1, true, true, null));
        var image = MemoryImage.Create([(Page, new byte[1])]);
        Assert.Throws<ArgumentException>(() => LinearMemory.Create(1, 2, false, false, image));
        using var huge = LinearMemory.Create(1, 1UL << 47, true, false, null);
        Assert.Equal(-1, huge.Grow(LinearMemory.MaxReservation / Page));
    }

    [Fact]
    public void More_than_the_machine_has_is_a_clear_error()
    {
        var thrown = Assert.Throws<InsufficientMemoryException>(
            () => LinearMemory.Create((1UL << 48) - 1, (1UL << 48) - 1, true, false, null));
        Assert.Contains("pages", thrown.Message, StringComparison.Ordinal);
    }

    public static TheoryData<bool, bool> Modes()
    {
        var data = new TheoryData<bool, bool> { { false, false }, { false, true } };
        if (GuardPages.IsSupported)
            data.Add(true, false);
        return data;
    }

    private static LinearMemory Create(ulong minimum, ulong maximum, bool guarded, bool is64) =>
        LinearMemory.Create(minimum, maximum, is64, guarded, null);

    private static void AssertTraps(Action action) =>
        Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<TrapException>(action).Code);
}
