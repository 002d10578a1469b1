namespace TensorWasm.Wasm.Tests.Text;

public sealed class WastScriptTests
{
    [Fact]
    public void Commands_are_typed_and_know_their_line()
    {
        var commands = WastScript.Parse("""
            (module definition $d (func))
            (module instance $i $d)
            (module instance $d)
            (register "r" $i)
            (invoke $i "f" (i32.const -1) (ref.null extern) (ref.extern 7) (ref.host 3) (v128.const i64x2 9 8))
            (assert_trap (invoke "f") "unreachable")
            (assert_trap (module) "out of bounds")
            (assert_exhaustion (invoke "f") "call stack exhausted")
            (assert_exception (invoke "f"))
            (assert_malformed (module quote "(func") "unexpected token")
            (assert_invalid (module binary "\00asm") "x")
            (assert_unlinkable (module $m (import "a" "b" (func))) "unknown import")
            (assert_return (get $i "g") (i32.const 1))
            (thread $t (shared (module $i)) (invoke "f"))
            (wait $t)
            """).Commands;

        Assert.Equal(Enumerable.Range(1, 15), commands.Select(command => command.Line));
        Assert.True(Assert.IsType<ModuleCommand>(commands[0]).Module is { IsDefinition: true, Name: "d" });
        Assert.Equal(new InstanceCommand(2, "i", "d"), commands[1]);
        Assert.Equal(new InstanceCommand(3, null, "d"), commands[2]);
        Assert.Equal(new RegisterCommand(4, "r", "i"), commands[3]);
        var invoke = Assert.IsType<InvokeAction>(Assert.IsType<ActionCommand>(commands[4]).Action);
        Assert.Equal(("i", "f"), (invoke.Module, invoke.Export));
        Assert.Equal(
            [
                new(ValueType.I32, 0xFFFFFFFF),
                new(ValueType.ExternRef, 0),
                new(ValueType.Ref(HeapType.Extern, nullable: false), 7),
                new(ValueType.Ref(HeapType.Any, nullable: false), 3),
                new(ValueType.V128, new UInt128(8, 9)),
            ],
            invoke.Arguments);
        var trap = Assert.IsType<AssertFailureCommand>(commands[5]);
        Assert.Equal((ScriptFailure.Trap, "unreachable"), (trap.Failure, trap.Message));
        var start = Assert.IsType<AssertModuleCommand>(commands[6]);
        Assert.Equal((ScriptModuleFault.Trap, "out of bounds"), (start.Fault, start.Message));
        Assert.Equal(ScriptFailure.Exhaustion, Assert.IsType<AssertFailureCommand>(commands[7]).Failure);
        Assert.Equal(ScriptFailure.Exception, Assert.IsType<AssertFailureCommand>(commands[8]).Failure);
        var quoted = Assert.IsType<AssertModuleCommand>(commands[9]).Module;
        Assert.Equal("(func"u8.ToArray(), quoted.Bytes.ToArray());
        Assert.Throws<WasmFormatException>(quoted.Load);
        Assert.Equal(ScriptModuleKind.Binary, Assert.IsType<AssertModuleCommand>(commands[10]).Module.Kind);
        Assert.Single(Assert.IsType<AssertModuleCommand>(commands[11]).Module.Load().Imports);
        Assert.Equal(new GetAction("i", "g"), Assert.IsType<AssertReturnCommand>(commands[12]).Action);
        Assert.True(Assert.IsType<ThreadCommand>(commands[13]) is { Name: "t", SharedModule: "i", Commands.Count: 1 });
        Assert.Equal(new WaitCommand(15, "t"), commands[14]);
    }

    // A canonical NaN has only the payload's top bit; an arithmetic one has at least that; signs do not matter.
    [Theory]
    [InlineData("f32.const nan:canonical", 0x7FC00000ul, true)]
    [InlineData("f32.const nan:canonical", 0xFFC00000ul, true)]
    [InlineData("f32.const nan:canonical", 0x7FC00001ul, false)]
    [InlineData("f32.const nan:arithmetic", 0xFFC00001ul, true)]
    [InlineData("f32.const nan:arithmetic", 0x7F800001ul, false)]
    [InlineData("f32.const nan:0x1", 0x7F800001ul, true)]
    [InlineData("f32.const 0", 0x80000000ul, false)]
    [InlineData("f64.const nan:canonical", 0xFFF8000000000000ul, true)]
    [InlineData("f64.const nan:arithmetic", 0x7FF0000000000001ul, false)]
    [InlineData("f64.const nan:arithmetic", 0x7FF8000000000001ul, true)]
    [InlineData("i64.const -1", ulong.MaxValue, true)]
    public void Number_patterns_match_bits(string pattern, ulong bits, bool expected) =>
        Assert.Equal(expected, Assert.IsType<NumberResult>(Result(pattern)).Matches(bits));

    [Fact]
    public void Vector_patterns_match_lane_by_lane()
    {
        var pattern = Assert.IsType<NumberResult>(Result("v128.const f32x4 1 nan:canonical -0 nan:arithmetic"));

        Assert.True(pattern.Matches(new UInt128(0x7FC0123480000000, 0xFFC000003F800000)));
        Assert.False(pattern.Matches(new UInt128(0x7FC0123480000000, 0xFFC000013F800000)));
        Assert.False(pattern.Matches(new UInt128(0x7FC0123400000000, 0xFFC000003F800000)));
        Assert.True(Assert.IsType<NumberResult>(Result("v128.const i8x16 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1"))
            .Matches(new UInt128(0x0100000000000000, 0xFF)));
    }

    [Fact]
    public void Reference_patterns_say_what_they_ask_for()
    {
        Assert.Equal(new ReferenceResult(true, null, null, false), Result("ref.null"));
        Assert.Equal(new ReferenceResult(true, HeapType.NoFunc, null, false), Result("ref.null nofunc"));
        Assert.Equal(new ReferenceResult(false, HeapType.Extern, 4, false), Result("ref.extern 4"));
        Assert.Equal(new ReferenceResult(false, HeapType.Extern, null, false), Result("ref.extern"));
        Assert.Equal(new ReferenceResult(false, HeapType.Any, 5, true), Result("ref.host 5"));
        Assert.Equal(new ReferenceResult(false, HeapType.Func, null, false), Result("ref.func"));
        Assert.Equal(new ReferenceResult(false, HeapType.I31, null, false), Result("ref.i31"));
        Assert.Equal(2, Assert.IsType<EitherResult>(Result("either (i32.const 1) (i32.const 2)")).Alternatives.Count);
    }

    [Fact]
    public void A_module_loads_with_the_lines_of_the_script()
    {
        var script = WastScript.Parse("\n\n(module\n  (func (local.get $x)))");
        var module = Assert.IsType<ModuleCommand>(Assert.Single(script.Commands)).Module;
        var error = Assert.Throws<WasmFormatException>(module.Load);

        Assert.Equal((4, 20), (error.Line, error.Column));
    }

    private static ScriptResult Result(string pattern)
    {
        var script = WastScript.Parse($"(assert_return (invoke \"f\") ({pattern}))");
        return Assert.Single(Assert.IsType<AssertReturnCommand>(Assert.Single(script.Commands)).Results);
    }
}
