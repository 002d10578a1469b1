using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// The cold blocks that stop a thread: one a place, which notes where it is, and one for all, which writes the status
/// block and exits. They stand at the kernel's end so that the hot path stays straight. Threads that were left behind by
/// others of their warp have a block of their own, which the other leads to: where threads of a warp run in the order of
/// blocks, what stopped the others is reported first.
/// </summary>
internal sealed class StopBlocks(PassContext context)
{
    private const string Reason = "report why the thread stops, then end it";

    private readonly List<Block> _sites = [];
    private Block? _report;
    private Block? _leftBehind;
    private Register? _code;
    private Register? _line;
    private Register? _column;
    private Register? _access;
    private Register? _address;

    /// <summary>A label to jump to; the thread is reported and ends.</summary>
    public Label Site(uint code, SourcePosition position, Operand? address, int bytes, bool isWrite)
    {
        Begin();
        var site = new Block(context.Kernel.NewLabel("$tw_stop"));
        void Set(Register target, long value) =>
            Add(site, "mov.u32", [PassContext.Reg(target), PassContext.Imm(value)], position);
        Set(_code!, code);
        Set(_line!, position.Line);
        Set(_column!, position.Column);
        Set(_access!, bytes | (isWrite ? 1 << 16 : 0));
        bool narrow = address is RegisterOperand { Register.Type.Bits: 32 };
        Add(site, narrow ? "cvt.u64.u32" : "mov.b64", [PassContext.Reg(_address!), address ?? PassContext.Imm(0)], position);
        Block report = code == FenceStatus.Diverged
            ? _leftBehind ??= new Block(context.Kernel.NewLabel("$tw_left"))
            : _report ??= new Block(context.Kernel.NewLabel("$tw_report"));
        Add(site, "bra", [new LabelOperand(report.Label)], position);
        _sites.Add(site);
        return site.Label;
    }

    public void Append()
    {
        context.Kernel.Code.AddRange(_sites);
        foreach (Block? report in (Block?[])[_report, _leftBehind])
        {
            if (report is not null)
            {
                WriteReport(report);
                context.Kernel.Code.Add(report);
            }
        }

        if (_report is not null && _leftBehind is not null)
        {
            _report.Code.RemoveAt(_report.Code.Count - 1);
            _report.Next = _leftBehind;
        }
    }

    private static void Add(Block block, string opcode, Operand[] operands, SourcePosition position) =>
        block.Code.Add(InstructionFactory.Create(opcode, operands, null, position, Reason));

    private void Begin()
    {
        if (_code is not null)
        {
            return;
        }

        context.Hidden(HiddenParameter.Status);
        _code = context.NewRegister(PtxType.B32, "%tw_code");
        _line = context.NewRegister(PtxType.B32, "%tw_line");
        _column = context.NewRegister(PtxType.B32, "%tw_column");
        _access = context.NewRegister(PtxType.B32, "%tw_access");
        _address = context.NewRegister(PtxType.B64, "%tw_address");
    }

    private void WriteReport(Block block)
    {
        SourcePosition at = context.Kernel.Position;
        Register status = context.Hidden(HiddenParameter.Status);
        Register old = context.NewRegister(PtxType.B32);
        Register lost = context.NewRegister(PtxType.Pred);
        MemoryOperand Field(int offset) => new(status, null, offset);

        // Of the threads of a large grid all but the first few find it taken; a load is what they can all do at once.
        Register taken = context.NewRegister(PtxType.B32);
        Register late = context.NewRegister(PtxType.Pred);
        Add(block, "ld.volatile.global.b32", [PassContext.Reg(taken), Field(FenceStatus.CodeOffset)], at);
        Add(block, "setp.ne.u32", [PassContext.Reg(late), PassContext.Reg(taken), PassContext.Imm(0)], at);
        block.Code.Add(InstructionFactory.Create("exit", [], new Guard(late, false), at, "another thread was first"));
        Add(
            block,
            "atom.relaxed.gpu.global.cas.b32",
            [PassContext.Reg(old), Field(FenceStatus.CodeOffset), PassContext.Imm(0), PassContext.Reg(_code!)],
            at);
        Add(block, "setp.ne.u32", [PassContext.Reg(lost), PassContext.Reg(old), PassContext.Imm(0)], at);
        block.Code.Add(InstructionFactory.Create("exit", [], new Guard(lost, false), at, "another thread was first"));
        void Store(int offset, Register value) => Add(
            block, value.Type.Bits == 64 ? "st.global.b64" : "st.global.b32", [Field(offset), PassContext.Reg(value)], at);
        Store(FenceStatus.LineOffset, _line!);
        Store(FenceStatus.AddressOffset, _address!);
        Store(FenceStatus.ColumnOffset, _column!);
        Store(FenceStatus.AccessOffset, _access!);
        foreach ((string name, int offset) in
            (ReadOnlySpan<(string, int)>)[("%ctaid", FenceStatus.BlockOffset), ("%tid", FenceStatus.ThreadOffset)])
        {
            for (int i = 0; i < 3; i++)
            {
                Register value = context.NewRegister(PtxType.B32);
                SpecialRegister special = SpecialRegister.Find($"{name}.{"xyz"[i]}")!;
                Add(block, "mov.u32", [PassContext.Reg(value), new SpecialOperand(special)], at);
                Store(offset + (4 * i), value);
            }
        }

        Register bell = context.NewRegister(PtxType.B64);
        Register silent = context.NewRegister(PtxType.Pred);
        Add(block, "ld.global.b64", [PassContext.Reg(bell), Field(FenceStatus.DoorbellOffset)], at);
        Add(block, "setp.eq.u64", [PassContext.Reg(silent), PassContext.Reg(bell), PassContext.Imm(0)], at);
        block.Code.Add(InstructionFactory.Create("exit", [], new Guard(silent, false), at, "nobody wants to be told"));
        Add(block, "st.global.b32", [new MemoryOperand(bell, null, 0), PassContext.Reg(_code!)], at);
        Add(block, "exit", [], at);
    }
}
