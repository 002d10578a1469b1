using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Clears a thread's local memory before all else: the hardware leaves in it what the last kernel, perhaps another tenant's,
/// had there.
/// </summary>
internal static class ClearLocalMemory
{
    private const string Reason = "local memory holds what the last kernel left";
    private const string Store = "st.local.v4.b32";

    /// <summary>Bytes up to which stores are written out.</summary>
    private const int Unrolled = 256;

    public static void Run(PassContext context)
    {
        Kernel kernel = context.Kernel;
        Variable? local = kernel.Variables.FirstOrDefault(variable => variable.Space == StateSpace.Local);
        if (!context.Options.ClearLocal || local is null)
        {
            return;
        }

        context.Note(kernel.Position, local.Name, FenceAction.Rewritten, Reason);
        RegisterOperand zero = PassContext.Reg(context.NewRegister(PtxType.B32, "%tw_zero"));
        RegisterOperand at = PassContext.Reg(context.NewRegister(PtxType.B32, "%tw_c"));
        Operand[] Zeros(int offset) =>
            [new MemoryOperand(at.Register, null, offset), new VectorOperand([.. Enumerable.Repeat<Operand>(zero, 4)])];
        context.Prologue("mov.b32", [zero, PassContext.Imm(0)], Reason);
        context.Prologue("mov.u32", [at, new AddressOfOperand(local, 0)], Reason);
        if (local.Size <= Unrolled)
        {
            for (int offset = 0; offset < local.Size; offset += MergeVariables.Granule)
            {
                context.Prologue(Store, Zeros(offset), Reason);
            }

            return;
        }

        RegisterOperand end = PassContext.Reg(context.NewRegister(PtxType.B32, "%tw_c"));
        RegisterOperand more = PassContext.Reg(context.NewRegister(PtxType.Pred, "%tw_more"));
        context.Prologue("add.s32", [end, at, PassContext.Imm(local.Size)], Reason);

        // The entry block is only the prologue's from now on; its code moves behind the loop.
        Block entry = kernel.Code[0];
        var body = new Block(kernel.NewLabel("$tw_body")) { Next = entry.Next };
        body.Code.AddRange(entry.Code);
        entry.Code.Clear();
        var loop = new Block(kernel.NewLabel("$tw_clear_local")) { Next = body };
        entry.Next = loop;
        void Add(string opcode, Operand[] operands, Guard? guard = null) =>
            loop.Code.Add(InstructionFactory.Create(opcode, operands, guard, kernel.Position, Reason));
        Add(Store, Zeros(0));
        Add("add.s32", [at, at, PassContext.Imm(MergeVariables.Granule)]);
        Add("setp.lt.u32", [more, at, end]);
        Add("bra", [new LabelOperand(loop.Label)], new Guard(more.Register, false));
        kernel.Code.InsertRange(1, [loop, body]);
    }
}
