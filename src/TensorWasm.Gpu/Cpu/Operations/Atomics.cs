using System.Numerics;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>
/// Atomic operations and reductions, thread by thread. A block's shared memory belongs to one thread of the process at a
/// time, so there plain operations suffice.
/// </summary>
internal static unsafe class Atomics
{
    private const int Slot = WarpContext.SlotBytes;
    private static readonly Lock WideLock = new();

    private enum Operation
    {
        Add,
        Minimum,
        Maximum,
        Increment,
        Decrement,
        And,
        Or,
        Xor,
        Exchange,
        Compare,
    }

    private enum Kind
    {
        Bits16,
        Unsigned32,
        Signed32,
        Unsigned64,
        Signed64,
        Single,
        Double,
        Half,
        HalfPair,
        Brain,
        BrainPair,
        Bits128,
    }

    /// <summary>Operation, type, number of elements and whether memory is shared, as one number.</summary>
    internal static int Encode(string operation, PtxType type, int count, bool isShared)
    {
        Operation code = operation switch
        {
            "add" => Operation.Add,
            "min" => Operation.Minimum,
            "max" => Operation.Maximum,
            "inc" => Operation.Increment,
            "dec" => Operation.Decrement,
            "and" => Operation.And,
            "or" => Operation.Or,
            "xor" => Operation.Xor,
            "exch" => Operation.Exchange,
            _ => Operation.Compare,
        };
        bool isBits = code is Operation.Exchange or Operation.Compare;
        Kind kind = type.Name switch
        {
            "f32" when !isBits => Kind.Single,
            "f64" when !isBits => Kind.Double,
            "f16" => Kind.Half,
            "f16x2" => Kind.HalfPair,
            "bf16" => Kind.Brain,
            "bf16x2" => Kind.BrainPair,
            "s32" => Kind.Signed32,
            "s64" => Kind.Signed64,
            _ => type.Bits switch { 16 => Kind.Bits16, 32 => Kind.Unsigned32, 64 => Kind.Unsigned64, _ => Kind.Bits128 },
        };
        return (int)code | ((int)kind << 8) | (count << 16) | (isShared ? 1 << 24 : 0);
    }

    /// <summary>
    /// Runs the operation for each thread of a mask. Operands are in slots, those of a comparison's new values eight
    /// further; the old values replace the operands. Generic addresses may lie in the block's shared memory, too.
    /// </summary>
    internal static void Run(long* addresses, byte* slots, uint mask, int code, byte* shared, uint sharedBytes)
    {
        var operation = (Operation)(code & 0xFF);
        var kind = (Kind)(code >> 8 & 0xFF);
        int count = code >> 16 & 0xFF;
        bool isShared = code >> 24 != 0;
        if (operation == Operation.Add && kind is Kind.Unsigned32 or Kind.Signed32)
        {
            AddWords(addresses, (uint*)slots, mask, isShared ? uint.MaxValue : sharedBytes, (ulong)shared);
            return;
        }

        int bytes = BytesOf(kind);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            for (int i = 0; i < count; i++)
            {
                byte* address = (byte*)addresses[lane] + (i * bytes);
                byte* operand = slots + (i * Slot);
                byte* desired = operand + (8 * Slot);
                switch (bytes)
                {
                    case 2:
                        ((uint*)operand)[lane] = Apply16(
                            (ushort*)address, operation, kind, ((uint*)operand)[lane], ((uint*)desired)[lane]);
                        break;
                    case 4:
                        ((uint*)operand)[lane] = Apply32(
                            (uint*)address, operation, kind, ((uint*)operand)[lane], ((uint*)desired)[lane]);
                        break;
                    case 8:
                        ((ulong*)operand)[lane] = Apply64(
                            (ulong*)address, operation, kind, ((ulong*)operand)[lane], ((ulong*)desired)[lane]);
                        break;
                    default:
                        Apply128((ulong*)address, operation, operand, desired, lane);
                        break;
                }
            }
        }
    }

    private static int BytesOf(Kind kind) => kind switch
    {
        Kind.Bits16 or Kind.Half or Kind.Brain => 2,
        Kind.Unsigned64 or Kind.Signed64 or Kind.Double => 8,
        Kind.Bits128 => 16,
        _ => 4,
    };

    private static void AddWords(long* addresses, uint* values, uint mask, uint sharedBytes, ulong shared)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            uint* address = (uint*)addresses[lane];
            uint value = values[lane];
            if ((ulong)address - shared < sharedBytes)
            {
                uint old = *address;
                *address = old + value;
                values[lane] = old;
            }
            else
            {
                values[lane] = Interlocked.Add(ref *address, value) - value;
            }
        }
    }

    private static uint Apply16(ushort* address, Operation operation, Kind kind, uint operand, uint desired)
    {
        while (true)
        {
            ushort old = Volatile.Read(ref *address);
            ushort next = operation == Operation.Compare
                ? old == (ushort)operand ? (ushort)desired : old
                : (ushort)Combine(operation, kind, old, operand);
            if (Interlocked.CompareExchange(ref *address, next, old) == old)
            {
                return old;
            }
        }
    }

    private static uint Apply32(uint* address, Operation operation, Kind kind, uint operand, uint desired)
    {
        switch (operation)
        {
            case Operation.Exchange:
                return Interlocked.Exchange(ref *address, operand);
            case Operation.Compare:
                return Interlocked.CompareExchange(ref *address, desired, operand);
            case Operation.And:
                return Interlocked.And(ref *address, operand);
            case Operation.Or:
                return Interlocked.Or(ref *address, operand);
        }

        while (true)
        {
            uint old = Volatile.Read(ref *address);
            uint next = (uint)Combine(operation, kind, old, operand);
            if (Interlocked.CompareExchange(ref *address, next, old) == old)
            {
                return old;
            }
        }
    }

    private static ulong Apply64(ulong* address, Operation operation, Kind kind, ulong operand, ulong desired)
    {
        switch (operation)
        {
            case Operation.Exchange:
                return Interlocked.Exchange(ref *address, operand);
            case Operation.Compare:
                return Interlocked.CompareExchange(ref *address, desired, operand);
            case Operation.Add when kind != Kind.Double:
                return Interlocked.Add(ref *address, operand) - operand;
        }

        while (true)
        {
            ulong old = Volatile.Read(ref *address);
            ulong next = Combine(operation, kind, old, operand);
            if (Interlocked.CompareExchange(ref *address, next, old) == old)
            {
                return old;
            }
        }
    }

    /// <summary>128 bits are atomic among themselves: the processor's instruction for it is not within reach.</summary>
    private static void Apply128(ulong* address, Operation operation, byte* operand, byte* desired, int lane)
    {
        ulong* low = (ulong*)operand + lane;
        ulong* high = (ulong*)(operand + Slot) + lane;
        lock (WideLock)
        {
            ulong oldLow = address[0];
            ulong oldHigh = address[1];
            if (operation == Operation.Exchange)
            {
                address[0] = *low;
                address[1] = *high;
            }
            else if (oldLow == *low && oldHigh == *high)
            {
                address[0] = ((ulong*)desired)[lane];
                address[1] = ((ulong*)(desired + Slot))[lane];
            }

            *low = oldLow;
            *high = oldHigh;
        }
    }

    private static ulong Combine(Operation operation, Kind kind, ulong old, ulong operand) => operation switch
    {
        Operation.Add => Add(kind, old, operand),
        Operation.Minimum => IsLess(kind, old, operand) ? old : operand,
        Operation.Maximum => IsLess(kind, old, operand) ? operand : old,
        Operation.Increment => (uint)old >= (uint)operand ? 0 : old + 1,
        Operation.Decrement => old == 0 || (uint)old > (uint)operand ? operand : old - 1,
        Operation.And => old & operand,
        Operation.Or => old | operand,
        Operation.Xor => old ^ operand,
        _ => operand,
    };

    private static bool IsLess(Kind kind, ulong a, ulong b) => kind switch
    {
        Kind.Signed32 => (int)a < (int)b,
        Kind.Signed64 => (long)a < (long)b,
        _ => a < b,
    };

    private static ulong Add(Kind kind, ulong a, ulong b) => kind switch
    {
        Kind.Single => BitConverter.SingleToUInt32Bits(
            BitConverter.UInt32BitsToSingle((uint)a) + BitConverter.UInt32BitsToSingle((uint)b)),
        Kind.Double => BitConverter.DoubleToUInt64Bits(
            BitConverter.UInt64BitsToDouble(a) + BitConverter.UInt64BitsToDouble(b)),
        Kind.Half => AddIn(FloatFormat.Half, a, b),
        Kind.Brain => AddIn(FloatFormat.Brain, a, b),
        Kind.HalfPair => AddIn(FloatFormat.Half, a & 0xFFFF, b & 0xFFFF) | (AddIn(FloatFormat.Half, a >> 16, b >> 16) << 16),
        Kind.BrainPair => AddIn(FloatFormat.Brain, a & 0xFFFF, b & 0xFFFF) | (AddIn(FloatFormat.Brain, a >> 16, b >> 16) << 16),
        _ => a + b,
    };

    private static ulong AddIn(FloatFormat format, ulong a, ulong b) => format.Encode(format.Decode(a) + format.Decode(b));
}
