using System.Text;

namespace TensorWasm.Engine.Tests;

/// <summary>Memories at a place that a host chose: Wasm's own rules hold there as anywhere.</summary>
public sealed class MemoryPlacementTests
{
    private const string Guest = """
        (module
          (memory (export "memory") 1 4)
          (data (i32.const 65532) "abcd")
          (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
          (func (export "size") (result i32) (memory.size)))
        """;

    [Theory]
    [InlineData(BoundsChecks.Explicit)]
    [InlineData(BoundsChecks.Automatic)]
    public void A_memory_lies_where_it_was_placed_and_keeps_its_bounds(BoundsChecks boundsChecks)
    {
        var engine = new WasmEngine(new EngineOptions { BoundsChecks = boundsChecks });
        var place = Place.Lend();
        using (var store = new Store(engine, null, place))
        {
            var instance = new Linker(engine).Instantiate(store, engine.Compile(Encoding.UTF8.GetBytes(Guest)));
            var load = instance.GetFunction("load")!;
            Assert.True(instance.DefaultMemory!.IsPlaced);
            Assert.Equal([65536UL], place.Lengths);

            // "abcd" in the byte order of i32.load (specification, section 4.4.7: little-endian).
            Assert.Equal(0x64636261, load.Invoke(65532));
            Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<TrapException>(() => load.Invoke(65533)).Code);
            Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<TrapException>(() => load.Invoke(-1)).Code);

            place.Refuses = true;
            Assert.Equal(-1, instance.GetFunction("grow")!.Invoke(1));
            Assert.Equal(1, instance.GetFunction("size")!.Invoke());
            Assert.Throws<TrapException>(() => load.Invoke(65536));

            place.Refuses = false;
            Assert.Equal(1, instance.GetFunction("grow")!.Invoke(2));
            Assert.Equal(0, load.Invoke((3 * 65536) - 4));
            Assert.Equal([65536UL, 3 * 65536UL], place.Lengths);
            unsafe
            {
                Assert.Equal(0x64636261, *(int*)(place.Base + 65532));
            }
            Assert.Equal("", place.Ends);
        }
        Assert.Equal("detached, released", place.Ends);

        using var next = new Store(engine, null, new Place(place));
        var again = new Linker(engine).Instantiate(
            next, engine.Compile(Encoding.UTF8.GetBytes("(module (memory (export \"memory\") 3))")));
        Assert.Equal(0, again.DefaultMemory!.Read<int>(65532));
    }

    [Fact]
    public void Only_the_first_memory_of_one_store_takes_the_place()
    {
        var engine = new WasmEngine();
        var place = Place.Lend();
        using var store = new Store(engine, null, place);
        var module = engine.Compile(Encoding.UTF8.GetBytes(
            "(module (memory (export \"big\") i64 1) (memory (export \"first\") 1) (memory (export \"second\") 1))"));
        var instance = new Linker(engine).Instantiate(store, module);
        Assert.False(instance.GetMemory("big")!.IsPlaced);
        Assert.True(instance.GetMemory("first")!.IsPlaced);
        Assert.False(instance.GetMemory("second")!.IsPlaced);

        using var other = new Store(engine, null, place);
        Assert.Throws<InvalidOperationException>(() => new Linker(engine).Instantiate(other, module));
    }

    [Fact]
    public void Ranges_are_aligned_and_never_lent_twice()
    {
        var ranges = Enumerable.Range(0, 20).Select(i => 34 + (i % 3))
            .Select(bits => (Bits: bits, At: GuestAddressSpace.TryLend(bits))).ToList();
        foreach (var (bits, at) in ranges)
        {
            Assert.NotEqual(0, at);
            Assert.Equal(0UL, (ulong)at & ((1UL << bits) - 1));
        }
        var sorted = ranges.OrderBy(r => r.At).ToList();
        for (var i = 1; i < sorted.Count; i++)
            Assert.True((ulong)sorted[i - 1].At + (1UL << sorted[i - 1].Bits) <= (ulong)sorted[i].At);
        foreach (var (bits, at) in ranges)
            GuestAddressSpace.Return(at, bits);
    }

    private sealed class Place : MemoryPlacement
    {
        private readonly nint _range;

        private Place(nint range)
            : base(range + (2 << 20)) => _range = range;

        internal Place(Place released)
            : this(released._range)
        {
        }

        internal bool Refuses { get; set; }

        internal List<ulong> Lengths { get; } = [];

        internal string Ends { get; private set; } = "";

        internal static Place Lend() => new(GuestAddressSpace.TryLend(35));

        protected internal override void OnPlaced(ulong length) => Lengths.Add(length);

        protected internal override bool TryGrow(ulong oldLength, ulong newLength)
        {
            Assert.Equal(Lengths[^1], oldLength);
            if (!Refuses)
                Lengths.Add(newLength);
            return !Refuses;
        }

        protected internal override void Detach() => Ends = "detached";

        protected internal override void Release() => Ends += ", released";
    }
}
