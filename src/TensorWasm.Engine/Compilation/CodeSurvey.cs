using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>What must be known of all functions before the first is translated.</summary>
internal sealed class CodeSurvey
{
    private readonly int[] _calls;
    private readonly bool[] _callsItself;
    private readonly bool[] _isWritten;

    internal CodeSurvey(WasmModule module)
    {
        _calls = new int[module.Functions.Count];
        _callsItself = new bool[module.Bodies.Count];
        _isWritten = new bool[module.Tables.Count];
        Parallel.For(0, module.Bodies.Count, i => Read(module.Bodies[i], i, module.ImportedFunctions));
    }

    /// <summary>How many instructions call a function by its index.</summary>
    internal int CallsOf(int function) => _calls[function];

    /// <summary>Whether a defined function calls itself.</summary>
    internal bool CallsItself(int definedIndex) => _callsItself[definedIndex];

    /// <summary>Whether an instruction may change a table.</summary>
    internal bool IsWritten(int table) => _isWritten[table];

    private void Read(FunctionBody body, int definedIndex, int imports)
    {
        var reader = new CodeReader(body.Code.Span, body.Offset);
        while (!reader.AtEnd)
        {
            var opcode = reader.ReadOpcode();
            switch (opcode)
            {
                case Opcode.Call:
                    var function = (int)reader.ReadU32();
                    Interlocked.Increment(ref _calls[function]);
                    if (function == definedIndex + imports) _callsItself[definedIndex] = true;
                    break;
                case Opcode.ReturnCall:
                    Interlocked.Increment(ref _calls[(int)reader.ReadU32()]);
                    break;
                case Opcode.TableSet or Opcode.TableGrow or Opcode.TableFill:
                    _isWritten[(int)reader.ReadU32()] = true;
                    break;
                case Opcode.TableCopy:
                    _isWritten[(int)reader.ReadU32()] = true;
                    reader.ReadU32();
                    break;
                case Opcode.TableInit:
                    reader.ReadU32();
                    _isWritten[(int)reader.ReadU32()] = true;
                    break;
                default:
                    reader.SkipImmediates(OpcodeTable.Get(opcode));
                    break;
            }
        }
    }
}
