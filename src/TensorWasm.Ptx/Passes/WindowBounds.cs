using System.Globalization;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// The bounds of a kernel's shared, local, constant or parameter memory as registers that the prologue computes. All
/// are constants to the assembler, except the upper end of dynamic shared memory.
/// </summary>
internal sealed class WindowBounds
{
    private readonly PassContext _context;
    private readonly StateSpace _space;
    private readonly Variable? _fixed;
    private readonly Variable? _dynamic;
    private readonly Dictionary<int, Register> _last = [];
    private readonly Dictionary<int, Register> _tooSmall = [];
    private Register? _first;
    private Register? _end;

    public WindowBounds(PassContext context, StateSpace space)
    {
        _context = context;
        _space = space;
        _fixed = context.Kernel.Variables.FirstOrDefault(v => v.Space == space && !v.IsDynamic);
        _dynamic = context.Kernel.Variables.FirstOrDefault(v => v.Space == space && v.IsDynamic);
    }

    /// <summary>False when the kernel declares nothing in this space, so that no access can be legal.</summary>
    public bool Exists => _fixed is not null || _dynamic is not null;

    /// <summary>The first byte's address, 16-aligned, in 32 bits.</summary>
    public Register First => _first ??= Make(
        "first", "mov.u32", [new AddressOfOperand(_fixed ?? _dynamic!, 0)], $".{_space.Name()} memory begins here");

    /// <summary>One past the last byte's address.</summary>
    public Register End
    {
        get
        {
            if (_end is not null)
            {
                return _end;
            }

            if (_dynamic is null)
            {
                return _end = Make(
                    "end", "mov.u32", [new AddressOfOperand(_fixed!, _fixed!.Size)], $".{_space.Name()} memory ends here");
            }

            const string Reason = "dynamic shared memory follows the static part and ends with its launch's size";
            Register start = Make("dynamic", "mov.u32", [new AddressOfOperand(_dynamic, 0)], Reason);
            Register size = Make(
                "size", "mov.u32", [new SpecialOperand(SpecialRegister.Find("%dynamic_smem_size")!)], Reason);
            return _end = Make("end", "add.s32", [PassContext.Reg(start), PassContext.Reg(size)], Reason);
        }
    }

    /// <summary>The highest aligned address at which an access of a power-of-two size still fits.</summary>
    public Register Last(int bytes)
    {
        if (_last.TryGetValue(bytes, out Register? last))
        {
            return last;
        }

        string reason = string.Create(
            CultureInfo.InvariantCulture, $"the last place for {bytes} bytes of .{_space.Name()} memory");
        if (_dynamic is null)
        {
            last = Make("last", "mov.u32", [new AddressOfOperand(_fixed!, _fixed!.Size - bytes)], reason);
        }
        else
        {
            last = Make("last", "add.s32", [PassContext.Reg(End), PassContext.Imm(-bytes)], reason);
            if (bytes > 1)
            {
                last = Make("last", "and.b32", [PassContext.Reg(last), PassContext.Imm(-bytes)], reason);
            }
        }

        _last.Add(bytes, last);
        return last;
    }

    /// <summary>A predicate that is true when the memory is smaller than an extent.</summary>
    public Register TooSmall(int extent)
    {
        if (_tooSmall.TryGetValue(extent, out Register? predicate))
        {
            return predicate;
        }

        const string Reason = "whether a matrix fits into shared memory at all";
        Register size = Make("size", "sub.s32", [PassContext.Reg(End), PassContext.Reg(First)], Reason);
        predicate = _context.NewRegister(PtxType.Pred, "%tw_small");
        _context.Prologue(
            "setp.lt.u32", [PassContext.Reg(predicate), PassContext.Reg(size), PassContext.Imm(extent)], Reason);
        _tooSmall.Add(extent, predicate);
        return predicate;
    }

    public Register Make(string name, string opcode, Operand[] sources, string reason)
    {
        Register register = _context.NewRegister(PtxType.B32, $"%tw_{_space.Name()}_{name}");
        _context.Prologue(opcode, [PassContext.Reg(register), .. sources], reason);
        return register;
    }
}
