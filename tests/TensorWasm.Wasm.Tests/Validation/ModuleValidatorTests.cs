using TensorWasm.Wasm.Tests.Binary;

namespace TensorWasm.Wasm.Tests.Validation;

public sealed class ModuleValidatorTests
{
    private const string Text = """
        (module
          (import "m" "f" (func))
          (func (export "good") (result i32) (i32.const 1))
          (func (result i32) (i64.const 1) (i32.const 2) (i32.add))
          (func (local i32 i64) (local.set 1 (i64.const 3))))
        """;

    [Fact]
    public void An_error_names_the_function_and_the_instruction()
    {
        var bytes = WasmEncoder.Encode(WatParser.Parse(Text));
        var module = WasmDecoder.Decode(bytes);
        var error = Assert.Throws<WasmValidationException>(() => WasmValidator.Validate(module));
        Assert.Equal(2, error.Function);
        Assert.Equal((byte)Opcode.I32Add, bytes[error.Offset]);
        Assert.Equal("type mismatch: instruction requires [i32] but stack has [i64]", error.Reason);
        Assert.Contains("in function 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bodies_can_be_checked_one_by_one()
    {
        var validator = new ModuleValidator(WatParser.Parse(Text));
        validator.ValidateBody(2);
        Assert.Throws<WasmValidationException>(() => validator.ValidateBody(1));
        validator.ValidateBody(0);
        validator.ValidateBody(2);
    }

    [Fact]
    public void Bodies_can_be_checked_on_many_threads()
    {
        const int Functions = 2_000;
        var functions = string.Join('\n', Enumerable.Range(0, Functions).Select(i => i % 7 == 3
            ? "(func (param (ref null func)) (local (ref func)) (drop (local.get 1)))"
            : $"(func (param (ref func)) (local (ref func)) (local.set 1 (local.get 0)) (block (result (ref func)) (local.get 1)) (drop) (drop (i32.const {i})))"));
        var validator = new ModuleValidator(WatParser.Parse($"(module {functions})"));
        var invalid = new bool[Functions];
        Parallel.For(0, Functions, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            try
            {
                validator.ValidateBody(i);
            }
            catch (WasmValidationException error)
            {
                invalid[i] = error.Function == i && error.Reason == "uninitialized local 1";
            }
        });
        Assert.All(Enumerable.Range(0, Functions), i => Assert.Equal(i % 7 == 3, invalid[i]));
    }

    [Theory]
    [InlineData(new byte[] { 1, 3, 1, 2 }, null)]
    [InlineData(new byte[] { 1, 2, 1 }, "shared memory must have maximum")]
    public void Shared_memories_need_a_maximum(byte[] section, string? reason)
    {
        var module = WasmDecoder.Decode(ModuleBytes.Of(ModuleBytes.Section(5, section)));
        Assert.True(Assert.Single(module.Memories).IsShared);
        var error = Record.Exception(() => WasmValidator.Validate(module));
        Assert.Equal(reason, (error as WasmValidationException)?.Reason);
    }
}
