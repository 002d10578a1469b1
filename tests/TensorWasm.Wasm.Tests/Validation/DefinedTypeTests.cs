using System.Runtime.CompilerServices;

namespace TensorWasm.Wasm.Tests.Validation;

public sealed class DefinedTypeTests
{
    [Theory]
    [InlineData("(type (func (param i32)))", "(type (func (param i32)))", true)]
    [InlineData("(type (func (param i32)))", "(type (func (param i64)))", false)]
    [InlineData("(type (func (param i32)))", "(type (func (result i32)))", false)]
    [InlineData("(type (func (param i32)))", "(type (sub (func (param i32))))", false)]
    [InlineData("(type (func))", "(rec (type (func)))", true)]
    [InlineData("(type (func))", "(rec (type (func)) (type (func)))", false)]
    [InlineData("(type (struct (field i8)))", "(type (struct (field i16)))", false)]
    [InlineData("(type (struct (field i8)))", "(type (struct (field (mut i8))))", false)]
    [InlineData("(type (array (ref null any)))", "(type (array anyref))", true)]
    [InlineData("(type (array (ref any)))", "(type (array anyref))", false)]
    [InlineData("(type $a (struct (field (ref null $a))))", "(type $b (struct (field (ref null $b))))", true)]
    [InlineData(
        "(rec (type $a (struct (field (ref $b)))) (type $b (struct (field (ref $a)))))",
        "(rec (type $x (struct (field (ref $y)))) (type $y (struct (field (ref $x)))))", true)]
    [InlineData(
        "(rec (type $a (struct (field (ref $b)))) (type $b (struct (field (ref $a)))))",
        "(rec (type $x (struct (field (ref $x)))) (type $y (struct (field (ref $y)))))", false)]
    public void The_first_type_is_the_same_across_modules(string left, string right, bool same)
    {
        var first = Types(left)[0];
        var second = Types(right)[0];
        Assert.Equal(same, ReferenceEquals(first, second));
    }

    [Fact]
    public void References_out_of_the_group_count_by_what_they_name()
    {
        var left = Types("(type $f (func)) (type (array (ref $f)))");
        var right = Types("(type (func (param i32))) (type $f (func)) (type (array (ref $f)))");
        Assert.Same(left[1], right[2]);
        Assert.NotSame(left[1], Types("(type $f (func (param i32))) (type (array (ref $f)))")[1]);
        Assert.Equal(ResolvedType.ToDefined(left[0], nullable: false), right[2].Fields[0]);
    }

    [Fact]
    public void A_function_type_of_the_host_is_that_of_a_guest()
    {
        var type = new FunctionType([ValueType.I32, ValueType.FuncRef], [ValueType.I64]);
        Assert.Same(DefinedType.ForFunction(type), Types("(type (func (param i32 funcref) (result i64)))")[0]);
        Assert.Throws<ArgumentException>(() =>
            DefinedType.ForFunction(new FunctionType([ValueType.Ref(HeapType.FromIndex(0))], [])));
    }

    [Fact]
    public void Subtypes_match_and_others_do_not()
    {
        var types = Types("""
            (type $a (sub (struct (field i32))))
            (type $b (sub $a (struct (field i32) (field i64))))
            (type $c (sub final $b (struct (field i32) (field i64) (field f32))))
            (type $f (func))
            """);
        Assert.True(types[2].IsSubtypeOf(types[0]));
        Assert.False(types[0].IsSubtypeOf(types[2]));
        Assert.Equal(2, types[2].Depth);
        Assert.Same(types[1], types[2].Supertype);

        var c = ResolvedType.ToDefined(types[2], nullable: false);
        Assert.True(c.Matches(ResolvedType.ToDefined(types[0], nullable: true)));
        Assert.False(ResolvedType.ToDefined(types[0], nullable: true).Matches(c));
        Assert.True(c.Matches(Of(HeapType.Struct)) && c.Matches(Of(HeapType.Eq)) && c.Matches(Of(HeapType.Any)));
        Assert.False(c.Matches(Of(HeapType.Array)) || c.Matches(Of(HeapType.Func)) || c.Matches(Of(HeapType.None)));
        Assert.True(Of(HeapType.None).Matches(ResolvedType.ToDefined(types[2], nullable: true)));
        Assert.False(Of(HeapType.None).Matches(ResolvedType.ToDefined(types[3], nullable: true)));
        Assert.True(Of(HeapType.NoFunc).Matches(ResolvedType.ToDefined(types[3], nullable: true)));
    }

    [Fact]
    public void In_a_long_chain_each_type_is_below_those_before_it_only()
    {
        const int Depth = WasmLimits.MaxSubtypingDepth + 1;
        var chain = string.Join('\n', Enumerable.Range(1, Depth - 1).Select(i => $"(type (sub {i - 1} (struct)))"));
        var types = Types($"(type (sub (struct))) {chain} (type (sub 0 (struct (field i32))))");
        for (var i = 0; i < Depth; i++)
        {
            for (var j = 0; j < Depth; j++) Assert.Equal(i >= j, types[i].IsSubtypeOf(types[j]));
            Assert.Equal(i == 0, types[Depth].IsSubtypeOf(types[i]));
        }
    }

    // The matching of abstract heap types (section 3.3.3) as a list of what lies directly below what.
    [Fact]
    public void Abstract_heap_types_form_four_hierarchies()
    {
        (HeapType Below, HeapType Above)[] steps =
        [
            (HeapType.Eq, HeapType.Any), (HeapType.I31, HeapType.Eq), (HeapType.Struct, HeapType.Eq),
            (HeapType.Array, HeapType.Eq), (HeapType.None, HeapType.I31), (HeapType.None, HeapType.Struct),
            (HeapType.None, HeapType.Array), (HeapType.NoFunc, HeapType.Func), (HeapType.NoExtern, HeapType.Extern),
            (HeapType.NoExn, HeapType.Exn),
        ];
        HeapType[] all =
        [
            HeapType.Any, HeapType.Eq, HeapType.I31, HeapType.Struct, HeapType.Array, HeapType.None, HeapType.Func,
            HeapType.NoFunc, HeapType.Extern, HeapType.NoExtern, HeapType.Exn, HeapType.NoExn,
        ];
        foreach (var below in all)
        {
            foreach (var above in all)
            {
                Assert.Equal(Reaches(below, above), Of(below).Matches(Of(above)));
            }
        }

        bool Reaches(HeapType from, HeapType to) =>
            from == to || steps.Any(step => step.Below == from && Reaches(step.Above, to));
    }

    [Fact]
    public void Types_that_nobody_holds_are_forgotten()
    {
        var reference = Define();
        for (var i = 0; i < 10 && reference.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(reference.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Define() =>
            new(Types("(type (func (param f64 f32 i64 i32 i32 f32 f64 i64 externref f64)))")[0]);
    }

    [Fact]
    public void One_type_of_a_group_keeps_the_others()
    {
        const string Text = "(rec (type $p (struct (field (ref $q) f64 i64))) (type $q (struct (field (ref $p) f64))))";
        var first = Types(Text)[0];
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var again = Types(Text);
        Assert.Same(first, again[0]);
        Assert.Same(first.Fields[0].Defined, again[1]);
    }

    [Fact]
    public void Threads_that_define_the_same_types_get_the_same_objects()
    {
        const int Threads = 8;
        for (var round = 0; round < 50; round++)
        {
            var parameters = string.Join(' ', Enumerable.Range(0, 12).Select(i => (round >> (i % 6) & 1) == 0 ? "i32" : "i64"));
            var text = $"(rec (type $a (func (param {parameters}) (result (ref $b)))) (type $b (func (result (ref $a)))))";
            var modules = Enumerable.Range(0, Threads).Select(_ => WatParser.Parse($"(module {text})")).ToArray();
            using var start = new Barrier(Threads);
            var results = new DefinedType[Threads];
            var threads = Enumerable.Range(0, Threads).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                results[i] = modules[i].DefinedTypes[1];
            })).ToArray();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
            Assert.All(results, result => Assert.Same(results[0], result));
        }
    }

    private static IReadOnlyList<DefinedType> Types(string text) => WatParser.Parse($"(module {text})").DefinedTypes;

    private static ResolvedType Of(HeapType heap) => new(ValueType.Ref(heap), null);
}
