using System.Text;

namespace TensorWasm.Sandbox.Tests;

/// <summary>
/// Every load and store of the opcode table at every edge of a memory: in bounds it works, out of bounds it traps and
/// writes nothing, whether its result is used or not. Expected is what arithmetic says (specification, section 4.6.10): an
/// access is in bounds exactly when address + offset + size, without overflow, is at most the memory's size.
/// </summary>
public sealed class EdgeTests
{
    private const ulong Pages = 2;
    private const ulong Length = Pages * 65_536;

    private static readonly ulong[] Offsets = [0, 1, 0x80, 0xFFFF, Length - 1, Length, 0x7FFFFFFF, 0xFFFFFFFF];

    private static readonly OpcodeInfo[] Accesses =
    [
        .. OpcodeTable.All.Where(row =>
            row.Immediate is ImmediateKind.MemoryArgument or ImmediateKind.MemoryArgumentLane
            && !row.Name.Contains("atomic", StringComparison.Ordinal)),
    ];

    public static TheoryData<BoundsChecks, bool> Cases() => new()
    {
        { BoundsChecks.Automatic, false },
        { BoundsChecks.Explicit, false },
        { BoundsChecks.Automatic, true },
        { BoundsChecks.Explicit, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_access_at_each_edge(BoundsChecks mode, bool is64)
    {
        Assert.True(Accesses.Length >= 45);
        var engine = Guests.Engine(mode);
        using var bystander = new Bystander(engine);
        using var store = new Store(engine);
        var offsets = is64 ? [.. Offsets, 0x1_0000_0000, ulong.MaxValue, ulong.MaxValue - 7, 1UL << 63] : Offsets;
        var instance = Guests.Instantiate(store, Module(is64, offsets));
        var memory = instance.DefaultMemory!;
        var wrong = new List<string>();
        for (var i = 0; i < Accesses.Length; i++)
        {
            var row = Accesses[i];
            var size = (ulong)row.Argument;
            foreach (var offset in offsets)
            {
                foreach (var address in Addresses(offset, size, is64))
                {
                    var fits = (UInt128)address + offset + size <= Length;
                    foreach (var form in row.Results.Length > 0 ? "ud" : "u")
                    {
                        var works = Try(instance, $"{i}:{offset}:{form}", address, is64);
                        if (works != fits)
                        {
                            wrong.Add($"{row.Name} offset={offset} at {address} ({form}): {(works ? "works" : "traps")}");
                        }
                    }
                }
            }
            if (row.Results.Length == 0)
            {
                // A store that straddles the end writes none of its bytes.
                memory.Write(Length - 16, new byte[16]);
                for (var address = Length - size + 1; address < Length; address++) Try(instance, $"{i}:0:u", address, is64);
                if (memory.Read<ulong>(Length - 8) != 0) wrong.Add($"{row.Name} wrote before it trapped");
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong:\n{string.Join('\n', wrong.Take(30))}");
    }

    /// <summary>
    /// A compiler that knows that an address was accessed may believe that addresses near it are fine, and remove an access
    /// whose result nobody wants. It must not: the first access is in bounds, the second is not.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_dropped_access_behind_one_that_works(BoundsChecks mode, bool is64)
    {
        var engine = Guests.Engine(mode);
        using var store = new Store(engine);
        var loads = Accesses.Where(row => row.Results.Length > 0).ToArray();
        ulong[] distances = [1, 4, 0x10, 0x80, 0xFF0, 0x1000, 0x8000];
        string[] firsts = ["(drop (i32.load8_u (local.get 0)))", "(global.set $g (i32.load8_u (local.get 0)))", "(i32.store8 (local.get 0) (i32.const 1))"];
        var text = new StringBuilder($"(module (memory {(is64 ? "i64 " : "")}{Pages}) (global $g (mut i32) (i32.const 0))\n");
        foreach (var (row, i) in loads.Select((row, i) => (row, i)))
        {
            foreach (var distance in distances)
            {
                for (var f = 0; f < firsts.Length; f++)
                {
                    text.Append($"(func (export \"{i}:{distance}:{f}\") (param {(is64 ? "i64" : "i32")}) {firsts[f]} {Load(row, distance)} drop)\n");
                    text.Append($"(func (export \"{i}:{distance}:{f}+\") (param {(is64 ? "i64" : "i32")}) {firsts[f]} (local.set 0 ({(is64 ? "i64" : "i32")}.add (local.get 0) ({(is64 ? "i64" : "i32")}.const {distance}))) {Load(row, 0)} drop)\n");
                }
            }
        }
        var instance = Guests.Instantiate(store, text.Append(')').ToString());
        var wrong = new List<string>();
        foreach (var (row, i) in loads.Select((row, i) => (row, i)))
        {
            foreach (var distance in distances)
            {
                for (var f = 0; f < firsts.Length; f++)
                {
                    foreach (var form in (string[])["", "+"])
                    {
                        var name = $"{i}:{distance}:{f}{form}";
                        if (Try(instance, name, Length - 1, is64)) wrong.Add($"{row.Name} +{distance} after {firsts[f]} {form}");
                        if (!Try(instance, name, Length - distance - 16, is64)) wrong.Add($"{row.Name} +{distance} in bounds");
                    }
                }
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong:\n{string.Join('\n', wrong.Take(30))}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bulk_instructions_at_each_edge(BoundsChecks mode, bool is64)
    {
        var engine = Guests.Engine(mode);
        using var store = new Store(engine);
        var a = is64 ? "i64" : "i32";
        var instance = Guests.Instantiate(store, $"""
            (module (memory (export "memory") {(is64 ? "i64 " : "")}{Pages}) (data $d "0123456789")
              (func (export "fill") (param {a} {a}) (memory.fill (local.get 0) (i32.const 7) (local.get 1)))
              (func (export "to") (param {a} {a}) (memory.copy (local.get 0) ({a}.const 0) (local.get 1)))
              (func (export "from") (param {a} {a}) (memory.copy ({a}.const 0) (local.get 0) (local.get 1)))
              (func (export "init") (param {a} i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
              (func (export "drop") (data.drop $d)))
            """);
        var memory = instance.DefaultMemory!;
        ulong[] edges = is64
            ? [0, 1, Length - 1, Length, Length + 1, uint.MaxValue, 1UL << 32, 1UL << 63, ulong.MaxValue]
            : [0, 1, Length - 1, Length, Length + 1, 0x7FFFFFFF, 0x80000000, uint.MaxValue];
        foreach (var name in (string[])["fill", "to", "from"])
        {
            foreach (var start in edges)
            {
                foreach (var count in edges)
                {
                    memory.Write(Length - 1, (byte)1);
                    var fits = (UInt128)start + count <= Length && (name == "fill" || count <= Length);
                    var works = Traps(() => instance.Call(name, Address(start, is64), Address(count, is64))) is null;
                    Assert.True(works == fits, $"memory.{name} {start} {count}");
                    if (!fits) Assert.Equal(1, memory.Read<byte>(Length - 1));
                }
            }
        }
        Assert.Null(Traps(() => instance.Call("init", Address(Length - 10, is64), 0, 10)));
        Assert.Equal(TrapCode.MemoryOutOfBounds, Traps(() => instance.Call("init", Address(Length - 9, is64), 0, 10)));
        Assert.Equal(TrapCode.MemoryOutOfBounds, Traps(() => instance.Call("init", Address(0, is64), 1, 10)));
        Assert.Equal(TrapCode.MemoryOutOfBounds, Traps(() => instance.Call("init", Address(0, is64), -1, 1)));
        Assert.Equal(TrapCode.MemoryOutOfBounds, Traps(() => instance.Call("init", Address(0, is64), 1, -1)));
        instance.Call("drop");
        Assert.Null(Traps(() => instance.Call("init", Address(Length, is64), 0, 0)));
        Assert.Equal(TrapCode.MemoryOutOfBounds, Traps(() => instance.Call("init", Address(0, is64), 0, 1)));
    }

    private static TrapCode? Traps(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (TrapException e)
        {
            return e.Code;
        }
    }

    private static bool Try(Instance instance, string function, ulong address, bool is64)
    {
        var code = Traps(() => instance.Call(function, Address(address, is64)));
        if (code is not null) Assert.Equal(TrapCode.MemoryOutOfBounds, code);
        return code is null;
    }

    private static object Address(ulong address, bool is64)
    {
        if (is64) return unchecked((long)address);
        return unchecked((int)(uint)address);
    }

    private static IEnumerable<ulong> Addresses(ulong offset, ulong size, bool is64)
    {
        var last = unchecked(Length - offset - size);
        ulong[] addresses =
        [
            0, 1, 65_536 - size, 65_536 - 1, 65_536, Length - size, Length - 1, Length, last, last + 1, last - 1,
            0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0, unchecked(0 - offset), unchecked(0 - offset - size),
        ];
        return is64
            ? [.. addresses, 1UL << 32, 1UL << 47, 1UL << 63, ulong.MaxValue, ulong.MaxValue - size + 1]
            : addresses.Where(address => address <= uint.MaxValue);
    }

    private static string Module(bool is64, ulong[] offsets)
    {
        var a = is64 ? "i64" : "i32";
        var text = new StringBuilder($"(module (memory (export \"memory\") {(is64 ? "i64 " : "")}{Pages})\n");
        foreach (var letter in "ilfdv") text.Append($"(global ${letter} (mut {TypeOf(letter)}) {Zero(letter)})\n");
        for (var i = 0; i < Accesses.Length; i++)
        {
            var row = Accesses[i];
            foreach (var offset in offsets)
            {
                text.Append($"(func (export \"{i}:{offset}:u\") (param {a}) ");
                if (row.Results.Length > 0)
                {
                    text.Append($"{Load(row, offset)} global.set ${row.Results})\n");
                    text.Append($"(func (export \"{i}:{offset}:d\") (param {a}) {Load(row, offset)} drop)\n");
                }
                else
                {
                    text.Append($"({row.Name} offset={offset} {Lane(row)} (local.get 0) {Ones(row.Operands[1])}))\n");
                }
            }
        }
        return text.Append(')').ToString();
    }

    private static string Load(OpcodeInfo row, ulong offset) =>
        $"({row.Name} offset={offset} {Lane(row)} (local.get 0) {(row.Operands.Length > 1 ? Ones('v') : "")})";

    private static string Lane(OpcodeInfo row) => row.Immediate == ImmediateKind.MemoryArgumentLane ? "1" : "";

    private static string TypeOf(char letter) => letter switch
    {
        'i' => "i32",
        'l' => "i64",
        'f' => "f32",
        'd' => "f64",
        _ => "v128",
    };

    private static string Zero(char letter) => letter == 'v' ? "(v128.const i64x2 0 0)" : $"({TypeOf(letter)}.const 0)";

    private static string Ones(char letter) => letter == 'v' ? "(v128.const i64x2 -1 -1)" : $"({TypeOf(letter)}.const -1)";
}
