using System.Globalization;
using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Passes;

/// <summary>What the passes over one kernel share: options, hidden parameters, the prologue and the notes.</summary>
internal sealed class PassContext(Kernel kernel, FenceOptions options, PtxLimits limits)
{
    private readonly Dictionary<HiddenParameter, Register> _hidden = [];
    private readonly Dictionary<StateSpace, WindowBounds> _windows = [];
    private readonly List<Instruction> _prologue = [];
    private readonly List<Instruction> _entryChecks = [];
    private readonly HashSet<Register> _checked = [];
    private ValueRanges? _ranges;

    public Kernel Kernel => kernel;

    public FenceOptions Options => options;

    public PtxLimits Limits => limits;

    public List<FenceNote> Notes { get; } = [];

    /// <summary>
    /// What registers hold, computed when it is first asked for; kept until <see cref="ForgetRanges"/> says that the code
    /// has changed.
    /// </summary>
    public ValueRanges Ranges => _ranges ??= ValueRanges.Of(kernel);

    /// <summary>
    /// Registers that say which copy of a loop a block agreed on, in kernels whose threads come to each barrier in turn: all
    /// heard the same.
    /// </summary>
    public HashSet<Register> Agreed { get; } = [];

    /// <summary>The number of the one barrier that the kernel uses, or of the first of all.</summary>
    public Operand Barrier => field ??= kernel.Blocks.SelectMany(block => block.Instructions)
        .Where(Barriers.IsBarrier)
        .Select(Barriers.NumberOf)
        .FirstOrDefault(Imm(0));

    /// <summary>
    /// The barrier before which shared memory is cleared, when all threads have begun; null where nothing touches it.
    /// </summary>
    public Instruction? ClearedBefore { get; set; }

    public List<HiddenParameter> HiddenParameters { get; } = [];

    /// <summary>
    /// Spaces that the kernel makes generic addresses from; where it makes none, generic addresses are global ones.
    /// </summary>
    public IReadOnlyList<StateSpace> GenericWindows => field ??= [.. kernel.Blocks.SelectMany(block => block.Instructions)
        .Where(i => i.Opcode.Mnemonic == "cvta" && !i.Opcode.Has("to") && i.Opcode.Space != StateSpace.Global)
        .Select(i => i.Opcode.Space).Distinct().Order()];

    public void ForgetRanges() => _ranges = null;

    public StopBlocks Stops => field ??= new StopBlocks(this);

    /// <summary>Registers that the prologue loads, which is not in place before the last pass.</summary>
    public IEnumerable<Register> HiddenRegisters => _hidden.Values;

    /// <summary>The register that holds a hidden parameter; loaded once, at the kernel's start.</summary>
    public Register Hidden(HiddenParameter parameter)
    {
        if (_hidden.TryGetValue(parameter, out Register? register))
        {
            return register;
        }

        var variable = new Variable(
            kernel.NewName("__tw_" + parameter.ToString().ToLower(CultureInfo.InvariantCulture)), StateSpace.Param, 8, 8);
        kernel.ParameterList.Add(variable);
        HiddenParameters.Add(parameter);
        register = kernel.NewRegister(PtxType.B64, "%tw_" + parameter.ToString().ToLower(CultureInfo.InvariantCulture));
        _hidden.Add(parameter, register);
        Prologue("ld.param.b64", [Reg(register), new MemoryOperand(null, variable, 0)], "a hidden parameter");
        return register;
    }

    public WindowBounds Window(StateSpace space)
    {
        if (!_windows.TryGetValue(space, out WindowBounds? window))
        {
            _windows.Add(space, window = new WindowBounds(this, space));
        }

        return window;
    }

    public static RegisterOperand Reg(Register register) => register.Operand;

    public static ImmediateOperand Imm(long value) => new(value);

    public Register NewRegister(PtxType type, string name = "%tw") => kernel.NewRegister(type, name);

    /// <summary>Adds an instruction to the kernel's very start.</summary>
    public void Prologue(string opcode, Operand[] operands, string reason, Guard? guard = null) =>
        _prologue.Add(InstructionFactory.Create(opcode, operands, guard, kernel.Position, reason));

    /// <summary>Notes what was done; the subject is an instruction, or a text, and so may the reason be a thing.</summary>
    public void Note(SourcePosition position, object subject, FenceAction action, object reason) =>
        Notes.Add(new FenceNote(position, subject, action, reason));

    /// <summary>Stops the kernel at its start when a predicate of the prologue holds.</summary>
    public void StopAtEntryIf(Register predicate, uint code, SourcePosition position, int bytes, string reason)
    {
        if (_checked.Add(predicate))
        {
            Label stop = Stops.Site(code, position, null, bytes, isWrite: false);
            _entryChecks.Add(InstructionFactory.Create(
                "bra", [new LabelOperand(stop)], new Guard(predicate, false), position, reason));
        }
    }

    /// <summary>Puts the prologue in place and appends the blocks that stop a thread.</summary>
    public void Finish()
    {
        Stops.Append();
        List<Instruction> entry = kernel.Code[0].Code;
        entry.InsertRange(Preamble(entry), _entryChecks);
        entry.InsertRange(0, _prologue);
        BlockEditor.Split(kernel);
    }

    /// <summary>
    /// How many of the kernel's first instructions may run before the checks at its entry: some that only compute and load, so
    /// that the author's first loads are under way while the checks wait for the clock. None where there is no such load: a
    /// branch among them would keep the assembler from turning the author's short branches into predicates.
    /// </summary>
    private static int Preamble(List<Instruction> code)
    {
        const long Most = 256;
        long work = 0;
        int count = 0;
        while (count < code.Count && code[count].Opcode is { IsTerminator: false, Effect: Effect.None or Effect.Carry or Effect.Address or Effect.Load }
            && (work += WorkEstimate.Of(code[count])) <= Most)
        {
            count++;
        }

        return LoadsBefore(code, count) ? count : 0;
    }

    /// <summary>Whether one of the first instructions of some code loads from global memory.</summary>
    public static bool LoadsBefore(List<Instruction> code, int count) => code.Take(count).Any(instruction =>
        instruction.Opcode is { Effect: Effect.Load, Space: StateSpace.Global or StateSpace.Generic });
}
