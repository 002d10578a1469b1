using System.Globalization;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Tests.TestSupport;

/// <summary>
/// Runs one thread of a kernel on a small memory, integers only: enough to see what passes do to behaviour. Written
/// from PTX ISA 9.7 and slow on purpose. Accesses outside the allowed range are recorded, not performed.
/// </summary>
internal sealed class Interpreter(Kernel kernel, ulong regionBase, int regionBytes)
{
    private readonly ulong[] _registers = new ulong[kernel.Registers.Count];
    private readonly Dictionary<string, ulong> _addresses = new(StringComparer.Ordinal);

    public byte[] Region { get; } = new byte[regionBytes];

    public byte[] Shared { get; } = new byte[1 << 16];

    public byte[] Status { get; } = new byte[64];

    public const ulong StatusAddress = 0x7777_0000_0000;

    public const uint SharedStart = 0x400;

    public Dictionary<string, ulong> Parameters { get; } = new(StringComparer.Ordinal);

    public List<string> Violations { get; } = [];

    public int Steps { get; private set; }

    public int FastSteps { get; private set; }

    public Func<ulong> Timer { get; init; } = () => 0;

    public Func<ulong> Clock { get; init; } = () => 0;

    public uint Thread { get; init; }

    public uint SharedBytes { get; set; }

    public bool Run(int maxSteps = 200_000)
    {
        uint shared = SharedStart;
        foreach (Variable variable in kernel.Variables.Where(v => v.Space == StateSpace.Shared))
        {
            _addresses[variable.Name] = shared;
            shared += (uint)variable.Size;
        }

        SharedBytes = shared - SharedStart;
        var blocks = kernel.Blocks.ToDictionary(block => block.Label);
        Block? current = kernel.Blocks[0];
        while (current is not null)
        {
            Block? next = current.Next;
            bool fast = current.Label.Name.Contains("_fast", StringComparison.Ordinal);
            foreach (Instruction instruction in current.Instructions)
            {
                if (++Steps > maxSteps)
                {
                    return false;
                }

                FastSteps += fast ? 1 : 0;
                if (instruction.Guard is { } guard && (_registers[guard.Register.Id] != 0) == guard.IsNegated)
                {
                    continue;
                }

                switch (instruction.Opcode.Effect)
                {
                    case Effect.Branch:
                        next = blocks[((LabelOperand)instruction.Operands[0]).Label];
                        break;
                    case Effect.BranchTable:
                        next = blocks[((TableOperand)instruction.Operands[1]).Labels[(int)Read(instruction.Operands[0], 32, false)]];
                        break;
                    case Effect.Return or Effect.Exit:
                        next = null;
                        break;
                    default:
                        Execute(instruction);
                        break;
                }

                if (instruction.Opcode.IsTerminator)
                {
                    break;
                }
            }

            current = next;
        }

        return true;
    }

    private static ulong Mask(int bits) => bits >= 64 ? ulong.MaxValue : (1UL << bits) - 1;

    private static long Sign(ulong value, int bits) => (long)(value << (64 - bits)) >> (64 - bits);

    private ulong Read(Operand operand, int bits, bool signed)
    {
        ulong raw = operand switch
        {
            RegisterOperand r => r.IsNegated ? _registers[r.Register.Id] ^ 1 : _registers[r.Register.Id],
            ImmediateOperand i => i.Bits,
            AddressOfOperand a => _addresses.GetValueOrDefault(a.Variable.Name) + (ulong)a.Offset,
            SpecialOperand s => s.Register.Name switch
            {
                "%tid.x" => Thread,
                "%globaltimer" => Timer(),
                "%clock64" => Clock(),
                "%ntid.x" => 32,
                _ => 0,
            },
            _ => 0,
        };
        raw &= Mask(bits);
        return signed ? (ulong)Sign(raw, bits) : raw;
    }

    private void Write(Operand operand, ulong value)
    {
        Register register = ((RegisterOperand)operand).Register;
        _registers[register.Id] = value & Mask(register.Type.Bits);
    }

    private void Execute(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        var o = instruction.Operands;
        int bits = opcode.Type?.Bits ?? 64;
        bool signed = opcode.Type?.IsSigned ?? false;
        ulong A(int index) => Read(o[index], bits, signed);
        switch (opcode.Mnemonic)
        {
            case "mov":
                Write(o[0], opcode.Type == PtxType.Pred ? A(1) & 1 : A(1));
                break;
            case "add" when opcode.Type!.Name.EndsWith("x2", StringComparison.Ordinal):
                Write(o[0], ((A(1) + A(2)) & 0xFFFF) | ((((A(1) >> 16) + (A(2) >> 16)) & 0xFFFF) << 16));
                break;
            case "add" when opcode.Type!.Class == TypeClass.Float:
                Write(o[0], BitConverter.SingleToUInt32Bits(
                    BitConverter.UInt32BitsToSingle((uint)A(1)) + BitConverter.UInt32BitsToSingle((uint)A(2))));
                break;
            case "add":
                Write(o[0], A(1) + A(2));
                break;
            case "sub":
                Write(o[0], A(1) - A(2));
                break;
            case "mul" or "mad":
                ulong product = A(1) * A(2);
                Write(o[0], opcode.Mnemonic == "mad" ? product + Read(o[3], opcode.Has("wide") ? bits * 2 : bits, signed) : product);
                break;
            case "div":
                Write(o[0], A(2) == 0 ? ulong.MaxValue : A(1) / A(2));
                break;
            case "and":
                Write(o[0], A(1) & A(2));
                break;
            case "or":
                Write(o[0], A(1) | A(2));
                break;
            case "xor":
                Write(o[0], A(1) ^ A(2));
                break;
            case "shl":
                Write(o[0], A(1) << (int)Math.Min(Read(o[2], 32, false), 63));
                break;
            case "shr":
                Write(o[0], signed ? (ulong)((long)A(1) >> (int)Read(o[2], 32, false)) : A(1) >> (int)Read(o[2], 32, false));
                break;
            case "not":
                Write(o[0], ~A(1));
                break;
            case "min" when opcode.Type!.Name.EndsWith("x2", StringComparison.Ordinal):
                Write(o[0], Math.Min(A(1) & 0xFFFF, A(2) & 0xFFFF) | (Math.Min(A(1) >> 16, A(2) >> 16) << 16));
                break;
            case "min" or "max":
                bool less = signed ? (long)A(1) < (long)A(2) : A(1) < A(2);
                Write(o[0], less == (opcode.Mnemonic == "min") ? A(1) : A(2));
                break;
            case "selp":
                Write(o[0], Read(o[3], 1, false) != 0 ? A(1) : A(2));
                break;
            case "cvt":
                ulong source = Read(o[1], opcode.SourceType!.Bits, opcode.SourceType.IsSigned);
                Write(o[0], signed ? (ulong)Sign(source, bits) : source & Mask(bits));
                break;
            case "setp":
                bool result = Compare(opcode.Modifier("C")!, A(1), A(2), signed);
                result = opcode.Modifier("L") switch
                {
                    "and" => result && Read(o[3], 1, false) != 0,
                    "or" => result || Read(o[3], 1, false) != 0,
                    _ => result,
                };
                Write(o[0], result ? 1UL : 0);
                break;
            case "ld" when opcode.Space == StateSpace.Param:
                Write(o[0], Parameters[((MemoryOperand)o[1]).Variable!.Name]);
                break;
            case "ld":
                Write(o[0], Load(instruction, (MemoryOperand)o[1], opcode.AccessBytes));
                break;
            case "st":
                Store(instruction, (MemoryOperand)o[0], Read(o[1], bits, false), opcode.AccessBytes);
                break;
            case "atom":
                ulong old = Load(instruction, (MemoryOperand)o[1], opcode.AccessBytes);
                ulong desired = opcode.Has("cas") ? (old == A(2) ? A(3) : old) : old + A(2);
                Store(instruction, (MemoryOperand)o[1], desired, opcode.AccessBytes);
                Write(o[0], old);
                break;
            case "cp" when o.Count == 3:
                int bytes = (int)((ImmediateOperand)o[2]).Bits;
                Find(instruction, StateSpace.Global, (MemoryOperand)o[1], bytes, isWrite: false)
                    .CopyTo(Find(instruction, StateSpace.Shared, (MemoryOperand)o[0], bytes, isWrite: true));
                break;
            case "cp":
                break;
            case "bar":
                if (opcode.Has("red"))
                {
                    Write(o[0], Read(o[2], 1, false));
                }

                break;
            default:
                throw new NotSupportedException(instruction.ToString());
        }
    }

    private static bool Compare(string comparison, ulong a, ulong b, bool signed) => comparison switch
    {
        "eq" => a == b,
        "ne" => a != b,
        "lt" => signed ? (long)a < (long)b : a < b,
        "le" => signed ? (long)a <= (long)b : a <= b,
        "gt" => signed ? (long)a > (long)b : a > b,
        "ge" => signed ? (long)a >= (long)b : a >= b,
        _ => throw new NotSupportedException(comparison),
    };

    private Span<byte> Find(Instruction instruction, MemoryOperand memory, int bytes, bool isWrite) =>
        Find(instruction, instruction.Opcode.Space, memory, bytes, isWrite);

    private Span<byte> Find(Instruction instruction, StateSpace space, MemoryOperand memory, int bytes, bool isWrite)
    {
        ulong address = memory.Base is { } register ? _registers[register.Id] : _addresses[memory.Variable!.Name];
        address += (ulong)memory.Offset;
        bool shared = space == StateSpace.Shared;
        address &= shared ? uint.MaxValue : ulong.MaxValue;
        if (!shared && address - StatusAddress < 64)
        {
            return Status.AsSpan((int)(address - StatusAddress), bytes);
        }

        ulong start = shared ? SharedStart : regionBase;
        ulong size = shared ? SharedBytes : isWrite ? (ulong)regionBytes / 2 : (ulong)regionBytes;
        if (address % (ulong)bytes != 0 || address < start || address - start > size - (ulong)bytes)
        {
            Violations.Add(string.Create(CultureInfo.InvariantCulture, $"{instruction} at {address:x}"));
            return new byte[bytes];
        }

        return (shared ? Shared : Region).AsSpan((int)(address - start), bytes);
    }

    private ulong Load(Instruction instruction, MemoryOperand memory, int bytes)
    {
        Span<byte> wide = stackalloc byte[8];
        Find(instruction, memory, bytes, isWrite: false).CopyTo(wide);
        return BitConverter.ToUInt64(wide);
    }

    private void Store(Instruction instruction, MemoryOperand memory, ulong value, int bytes) =>
        BitConverter.GetBytes(value).AsSpan(0, bytes).CopyTo(Find(instruction, memory, bytes, isWrite: true));
}
