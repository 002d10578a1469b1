using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Clears shared and local memory before the kernel begins: the hardware leaves in them what the last kernel, perhaps
/// another tenant's, had there. Threads begin with their part of the shared memory and wait for the others' when they
/// come to use it (<see cref="AwaitClearing"/>).
/// </summary>
internal sealed class ClearMemory
{
    public const string SharedReason = "shared memory holds what the last kernel left";

    private readonly PassContext _context;
    private readonly List<Block> _blocks = [];
    private Block _current;

    private ClearMemory(PassContext context)
    {
        _context = context;
        _current = Begin("$tw_clear");
    }

    public static void Run(PassContext context)
    {
        bool shared = ClearsShared(context);
        bool local = context.Options.ClearLocal && Has(context, StateSpace.Local);
        if (!shared && !local)
        {
            return;
        }

        var pass = new ClearMemory(context);
        if (shared)
        {
            pass.ClearShared();
        }

        if (local)
        {
            pass.ClearLocal();
        }

        // The entry block is only the prologue's from now on; its code moves behind the clearing.
        Kernel kernel = context.Kernel;
        Block entry = kernel.Code[0];
        var body = new Block(kernel.NewLabel("$tw_body")) { Next = entry.Next };
        body.Code.AddRange(entry.Code);
        entry.Code.Clear();
        entry.Next = pass._blocks[0];
        pass._current.Next = body;
        kernel.Code.InsertRange(1, [.. pass._blocks, body]);
    }

    /// <summary>Whether a kernel has shared memory to clear.</summary>
    public static bool ClearsShared(PassContext context) => context.Options.ClearShared && Has(context, StateSpace.Shared);

    private static bool Has(PassContext context, StateSpace space) =>
        context.Kernel.Variables.Any(variable => variable.Space == space);

    private Block Begin(string label)
    {
        var block = new Block(_context.Kernel.NewLabel(label));
        if (_blocks.Count > 0)
        {
            _current.Next = _current.FallsThrough ? block : null;
        }

        _blocks.Add(block);
        return _current = block;
    }

    private Register New(string opcode, string reason, params Operand[] sources)
    {
        Register register = _context.NewRegister(PtxType.B32, "%tw_c");
        Add(opcode, reason, [PassContext.Reg(register), .. sources]);
        return register;
    }

    private void Add(string opcode, string reason, Operand[] operands, Guard? guard = null) =>
        _current.Code.Add(InstructionFactory.Create(opcode, operands, guard, _context.Kernel.Position, reason));

    private Register Special(string name, string reason) =>
        New("mov.u32", reason, new SpecialOperand(SpecialRegister.Find(name)!));

    private void ClearShared()
    {
        const string Reason = SharedReason;
        WindowBounds window = _context.Window(StateSpace.Shared);
        static RegisterOperand R(Register register) => PassContext.Reg(register);
        Register thread = Special("%tid.x", Reason);
        Operand step;
        if (_context.Kernel.Bounds.RequiredThreads is { } threads && threads[0] > 0 && threads.Skip(1).All(extent => extent == 1))
        {
            step = PassContext.Imm(threads[0] * MergeVariables.Granule);
        }
        else
        {
            Register x = Special("%ntid.x", Reason);
            Register y = Special("%ntid.y", Reason);
            Register row = New("mad.lo.s32", Reason, R(Special("%tid.z", Reason)), R(y), R(Special("%tid.y", Reason)));
            thread = New("mad.lo.s32", Reason, R(row), R(x), R(thread));
            Register all = New("mul.lo.s32", Reason, R(New("mul.lo.s32", Reason, R(x), R(y))), R(Special("%ntid.z", Reason)));
            step = R(New("shl.b32", Reason, R(all), PassContext.Imm(4)));
        }

        Register at = New("mad.lo.s32", Reason, R(thread), PassContext.Imm(16), R(window.First));
        // A static part is a multiple of 16 bytes; a launch may ask for any number: fewer than 16 can be left.
        bool isDynamic = _context.Kernel.Variables.Any(variable => variable.Space == StateSpace.Shared && variable.IsDynamic);
        Register whole = isDynamic ? New("and.b32", Reason, R(window.End), PassContext.Imm(-16)) : window.End;
        Register done = _context.NewRegister(PtxType.Pred, "%tw_done");
        Register more = _context.NewRegister(PtxType.Pred, "%tw_done");
        Block tail = new(_context.Kernel.NewLabel("$tw_clear_tail"));
        Add("setp.ge.u32", Reason, [R(done), R(at), R(whole)]);
        Add("bra", Reason, [new LabelOperand(tail.Label)], new Guard(done, false));
        Block loop = Begin("$tw_clear_loop");
        Store("st.shared.v4.b32", at, 0, 4, Reason);
        Add("add.s32", Reason, [R(at), R(at), step]);
        Add("setp.lt.u32", Reason, [R(more), R(at), R(whole)]);
        Add("bra", Reason, [new LabelOperand(loop.Label)], new Guard(more, false));
        loop.Next = tail;
        _blocks.Add(tail);
        _current = tail;
        if (isDynamic)
        {
            Register last = New("add.s32", Reason, R(whole), R(thread));
            Register inside = _context.NewRegister(PtxType.Pred, "%tw_done");
            Add("setp.lt.u32", Reason, [R(inside), R(last), R(window.End)]);
            Add(
                "st.shared.b8",
                Reason,
                [new MemoryOperand(last, null, 0), PassContext.Imm(0)],
                new Guard(inside, false));
        }

        _context.Note(_context.Kernel.Position, "", FenceAction.Rewritten, Reason);
    }

    private void ClearLocal()
    {
        const string Reason = "local memory holds what the last kernel left";
        const int Unrolled = 256;
        Variable local = _context.Kernel.Variables.First(variable => variable.Space == StateSpace.Local);
        _context.Note(_context.Kernel.Position, local.Name, FenceAction.Rewritten, Reason);
        Register at = New("mov.u32", Reason, new AddressOfOperand(local, 0));
        if (local.Size <= Unrolled)
        {
            for (int offset = 0; offset < local.Size; offset += MergeVariables.Granule)
            {
                Store("st.local.v4.b32", at, offset, 4, Reason);
            }

            return;
        }

        Register end = New("add.s32", Reason, PassContext.Reg(at), PassContext.Imm(local.Size));
        Register more = _context.NewRegister(PtxType.Pred, "%tw_done");
        Block loop = Begin("$tw_clear_local");
        Store("st.local.v4.b32", at, 0, 4, Reason);
        Add("add.s32", Reason, [PassContext.Reg(at), PassContext.Reg(at), PassContext.Imm(MergeVariables.Granule)]);
        Add("setp.lt.u32", Reason, [PassContext.Reg(more), PassContext.Reg(at), PassContext.Reg(end)]);
        Add("bra", Reason, [new LabelOperand(loop.Label)], new Guard(more, false));
        Begin("$tw_cleared");
    }

    private void Store(string opcode, Register at, int offset, int count, string reason) => Add(
        opcode,
        reason,
        [new MemoryOperand(at, null, offset), new VectorOperand([.. Enumerable.Repeat<Operand>(PassContext.Reg(Zero), count)])]);

    private Register Zero
    {
        get
        {
            if (field is null)
            {
                field = _context.NewRegister(PtxType.B32, "%tw_zero");
                _context.Prologue("mov.b32", [PassContext.Reg(field), PassContext.Imm(0)], "to clear memory with");
            }

            return field;
        }
    }
}
