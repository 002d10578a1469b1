using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>The price list of docs/fuel.md.</summary>
internal static class FuelPrices
{
    /// <summary>What an instruction costs.</summary>
    internal static int Of(Opcode opcode) => opcode switch
    {
        // No work of their own.
        Opcode.Nop or Opcode.Block or Opcode.Loop or Opcode.Else or Opcode.End or Opcode.Drop or Opcode.Unreachable => 0,

        Opcode.Call or Opcode.CallIndirect or Opcode.CallRef
            or Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef => 5,
        Opcode.MemoryGrow or Opcode.TableGrow => 100,
        Opcode.MemoryCopy or Opcode.MemoryFill or Opcode.MemoryInit
            or Opcode.TableCopy or Opcode.TableFill or Opcode.TableInit => 10,
        _ => 1,
    };

    /// <summary>Whether control may go elsewhere after an instruction, or come from elsewhere before the next.</summary>
    internal static bool EndsRun(Opcode opcode) => opcode is <= Opcode.ReturnCallRef or Opcode.TryTable
        or Opcode.BrOnNull or Opcode.BrOnNonNull or Opcode.BrOnCast or Opcode.BrOnCastFail;
}
