using TensorWasm.Engine.Compilation;

namespace TensorWasm.Engine.Tests;

/// <summary>Fuel follows the price list of docs/fuel.md; amounts are worked out by hand.</summary>
public sealed class FuelTests
{
    private const string Source = """
        (module
          (memory 1)
          (func (export "straight") (result i32)
            (i32.add (i32.const 1) (i32.const 2)))          ;; 1 + 1 + 1
          (func (export "loop") (param i32)
            (loop $again                                     ;; 0
              (local.set 0 (i32.sub (local.get 0) (i32.const 1))) ;; 4
              (br_if $again (local.get 0))))                 ;; 2
          (func (export "calls")
            (drop (call 0)))                                 ;; 5 + 3 + 0
          (func (export "fill") (param i32)
            (memory.fill (i32.const 0) (i32.const 0) (local.get 0)))) ;; 3 + 10 + blocks of 64
        """;

    [Theory]
    [InlineData("straight", null, 3)]
    [InlineData("loop", 1, 6)]
    [InlineData("loop", 1000, 6000)]
    [InlineData("calls", null, 8)]
    [InlineData("fill", 0, 13)]
    [InlineData("fill", 1, 14)]
    [InlineData("fill", 65, 15)]
    public void An_execution_costs_what_the_price_list_says(string export, int? argument, long price)
    {
        EngineOptions[] configurations =
        [
            new() { CountFuel = true },
            new() { CountFuel = true, BoundsChecks = BoundsChecks.Explicit },
            new() { CountFuel = true, JitLimits = JitLimits.Tiny },
        ];
        foreach (var options in configurations)
        {
            using var guest = Guest.Load(Source, options);
            guest.Store.Fuel = 1_000_000;
            guest.Call(export, argument is { } value ? [value] : []);
            Assert.Equal(price, 1_000_000 - guest.Store.Fuel);
        }
    }

    [Fact]
    public void A_guest_without_fuel_traps_and_runs_again_when_it_gets_some()
    {
        using var guest = Guest.Load(Source, new EngineOptions { CountFuel = true });
        guest.Store.Fuel = 5_999;
        var trap = Assert.Throws<TrapException>(() => guest.Call("loop", 1000));
        Assert.Equal(TrapCode.OutOfFuel, trap.Code);
        guest.Store.Fuel = 6_000;
        guest.Call("loop", 1000);
        Assert.Equal(0, guest.Store.Fuel);
    }
}
