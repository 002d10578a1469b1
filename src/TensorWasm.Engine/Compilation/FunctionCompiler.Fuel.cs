using System.Reflection.Metadata;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>
/// Fuel. Prices of a run of instructions are added up while it is translated and taken at once where it ends: before
/// anything that may go elsewhere. So the same execution always uses the same amount.
/// </content>
internal sealed partial class FunctionCompiler
{
    private long _unpaidFuel;

    private void CountFuel(Opcode opcode)
    {
        _unpaidFuel += FuelPrices.Of(opcode);
        if (FuelPrices.EndsRun(opcode)) EmitFuel();
    }

    private void EmitFuel()
    {
        if (_unpaidFuel == 0) return;
        LoadContext();
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.Fuel));
        _il.LdcI8(_unpaidFuel);
        CallHelper(Members.ConsumeFuel);
        _unpaidFuel = 0;
    }

    /// <summary>What a bulk instruction costs beyond its own price, by the number of bytes or elements in a local.</summary>
    private void EmitBulkFuel(int countLocal)
    {
        if (!_options.Fuel) return;
        LoadContext();
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.Fuel));
        _il.Ldloc(countLocal);
        CallHelper(Members.Method(typeof(FuelTank), nameof(FuelTank.ConsumeBulk)));
    }
}
