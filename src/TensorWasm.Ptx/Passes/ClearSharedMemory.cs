using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Clears shared memory: the hardware leaves in it what the last kernel, perhaps another tenant's, had there. Each thread makes
/// one to four stores as the kernel begins, which is enough for many kernels, without a branch, so that the assembler does it
/// while the author's first loads are under way. Where the threads then wait for each other (<see cref="AwaitClearing"/>) they
/// first clear what is left.
/// </summary>
internal sealed class ClearSharedMemory
{
    public const string Reason = "shared memory holds what the last kernel left";
    private const string Store = "st.shared.v4.b32";

    /// <summary>Stores that are written out.</summary>
    private const int MostStores = 4;

    private readonly PassContext _context;
    private readonly LaunchBounds _bounds;
    private readonly Variable? _fixed;
    private readonly Variable? _dynamic;
    private readonly bool _isLine;
    private readonly Register _zero;

    private ClearSharedMemory(PassContext context)
    {
        _context = context;
        _bounds = context.Kernel.Bounds;
        Variable[] shared = [.. context.Kernel.Variables.Where(variable => variable.Space == StateSpace.Shared)];
        _fixed = shared.FirstOrDefault(variable => !variable.IsDynamic);
        _dynamic = shared.FirstOrDefault(variable => variable.IsDynamic);
        _isLine = _bounds.RequiredThreads is { } threads && threads[0] > 0 && threads.Skip(1).All(extent => extent == 1);
        _zero = AtStart("mov.b32", PassContext.Imm(0));
    }

    /// <summary>Bytes that one store of each thread clears; at least so many where the launch's block is not known.</summary>
    private int Round => _bounds.MaximumBlockThreads * MergeVariables.Granule;

    public static void Run(PassContext context)
    {
        if (context.ClearedBefore is { } barrier)
        {
            new ClearSharedMemory(context).Clear(barrier);
            context.Note(context.Kernel.Position, "", FenceAction.Rewritten, Reason);
        }
    }

    private void Clear(Instruction barrier)
    {
        WindowBounds window = _context.Window(StateSpace.Shared);
        (Register thread, Operand step) = Threads();
        Register at = AtStart("mad.lo.s32", R(thread), PassContext.Imm(MergeVariables.Granule), R(window.First));
        // A static part is a multiple of 16 bytes; a launch may ask for any number: fewer than 16 can be left.
        Register whole = _dynamic is null ? window.End : AtStart("and.b32", R(window.End), PassContext.Imm(-MergeVariables.Granule));
        int stores = _fixed is null ? 1 : (int)Math.Clamp((_fixed.Size + Round - 1) / Round, 1, MostStores);
        for (int i = 0; i < stores; i++)
        {
            if (i > 0)
            {
                _context.Prologue("add.s32", [R(at), R(at), step], Reason);
            }

            Register any = _context.NewRegister(PtxType.Pred, "%tw_any");
            _context.Prologue("setp.lt.u32", [R(any), R(at), R(whole)], Reason);
            _context.Prologue(Store, Zeros(at), Reason, new Guard(any, false));
        }

        Kernel kernel = _context.Kernel;
        Block before = kernel.Code.FirstOrDefault(block => block.Code.Contains(barrier))
            ?? throw new AnalysisException("the barrier that threads wait at for cleared memory is gone");
        var after = new Block(kernel.NewLabel("$tw_cleared")) { Next = before.Next };
        int index = before.Code.IndexOf(barrier);
        if (before == kernel.Code[0] && !PassContext.LoadsBefore(before.Code, index))
        {
            // Nothing is under way that it could be done beside, and the author's first block had better stay whole.
            index = 0;
        }

        after.Code.AddRange(before.Code[index..]);
        before.Code.RemoveRange(index, before.Code.Count - index);
        before.Next = after;
        kernel.Code.Insert(kernel.Code.IndexOf(before) + 1, after);
        if (_dynamic is not null)
        {
            ClearEnd(before, whole, thread, window.End);
        }

        if (!_isLine || _dynamic is not null || _fixed!.Size > stores * Round)
        {
            GoOn(before, after, at, step, whole);
        }
    }

    /// <summary>The thread's number in its block, and what lies between one of its stores and the next.</summary>
    private (Register Thread, Operand Step) Threads()
    {
        Register thread = Special("%tid.x");
        if (_isLine)
        {
            return (thread, PassContext.Imm(Round));
        }

        Register x = Special("%ntid.x"), y = Special("%ntid.y");
        Register row = AtStart("mad.lo.s32", R(Special("%tid.z")), R(y), R(Special("%tid.y")));
        thread = AtStart("mad.lo.s32", R(row), R(x), R(thread));
        Register all = AtStart("mul.lo.s32", R(AtStart("mul.lo.s32", R(x), R(y))), R(Special("%ntid.z")));
        return (thread, R(AtStart("mul.lo.s32", R(all), PassContext.Imm(MergeVariables.Granule))));
    }

    private void ClearEnd(Block block, Register whole, Register thread, Register end)
    {
        Register last = New(block, PtxType.B32, "add.s32", R(whole), R(thread));
        Register isInside = New(block, PtxType.Pred, "setp.lt.u32", R(last), R(end));
        block.Code.Add(Make("st.shared.b8", [new MemoryOperand(last, null, 0), PassContext.Imm(0)], new Guard(isInside, false)));
    }

    /// <summary>A loop over what one store of each thread leaves.</summary>
    private void GoOn(Block before, Block after, Register at, Operand step, Register whole)
    {
        Kernel kernel = _context.Kernel;
        var loop = new Block(kernel.NewLabel("$tw_clear")) { Next = after };
        void Next(Block block, string comparison, Block target)
        {
            block.Code.Add(Make("add.s32", [R(at), R(at), step]));
            Register taken = New(block, PtxType.Pred, $"setp.{comparison}.u32", R(at), R(whole));
            block.Code.Add(Make("bra", [new LabelOperand(target.Label)], new Guard(taken, false)));
        }

        Next(before, "ge", after);
        loop.Code.Add(Make(Store, Zeros(at)));
        Next(loop, "lt", loop);
        before.Next = loop;
        kernel.Code.Insert(kernel.Code.IndexOf(after), loop);
    }

    private static RegisterOperand R(Register register) => PassContext.Reg(register);

    private Operand[] Zeros(Register at) =>
        [new MemoryOperand(at, null, 0), new VectorOperand([.. Enumerable.Repeat<Operand>(R(_zero), 4)])];

    private Register Special(string name) => AtStart("mov.u32", new SpecialOperand(SpecialRegister.Find(name)!));

    private Register AtStart(string opcode, params Operand[] sources)
    {
        Register register = _context.NewRegister(PtxType.B32, "%tw_c");
        _context.Prologue(opcode, [R(register), .. sources], Reason);
        return register;
    }

    private Register New(Block block, PtxType type, string opcode, params Operand[] sources)
    {
        Register register = _context.NewRegister(type, "%tw_c");
        block.Code.Add(Make(opcode, [R(register), .. sources]));
        return register;
    }

    private Instruction Make(string opcode, Operand[] operands, Guard? guard = null) =>
        InstructionFactory.Create(opcode, operands, guard, _context.Kernel.Position, Reason);
}
