using TensorWasm.Wasm;

namespace TensorWasm.Fuzz;

/// <summary>
/// Makes valid modules that end by construction: each function entry and most loop iterations take from a counter in a
/// global, and trap when it is used up; the other loops count down locals. Every NaN whose payload the specification leaves
/// open is made canonical before it can be told apart. Each function f has a caller "f" without parameters that leaves the
/// results in globals; "dump" writes all globals to memory.
/// </summary>
internal sealed class ModuleGenerator
{
    internal const int FuelGlobal = 0;
    internal const int TableSize = 12;

    private const int Fuel = 2_000;
    private const int ResultsOfAType = 3;
    private const string Types = "ilfdv";

    private readonly Choices _choices;
    private readonly IReadOnlySet<int> _omitted;
    private readonly ByteWriter _types = new();
    private readonly List<string> _calls = [];
    private int _typeCount;

    private ModuleGenerator(ulong seed, IReadOnlySet<int> omitted)
    {
        _choices = new Choices(seed);
        _omitted = omitted;
    }

    internal List<FunctionShape> Functions { get; } = [];

    /// <summary>Letters of the globals' types; the first is the fuel counter.</summary>
    internal List<char> Globals { get; } = ['i'];

    internal List<MemoryShape> Memories { get; } = [];

    /// <summary>Which function each element of the table holds at first; -1 for null.</summary>
    internal int[] Table { get; } = new int[TableSize];

    internal int DataSegments { get; private set; }

    internal int Parts { get; private set; }

    internal static GeneratedModule Generate(ulong seed, IReadOnlySet<int>? omitted = null)
    {
        var generator = new ModuleGenerator(seed, omitted ?? new HashSet<int>());
        var bytes = generator.Generate();
        return new GeneratedModule($"generated-{seed}", bytes, generator._calls, generator.Parts, true);
    }

    /// <summary>Counts a part, which is a statement or an expression; whether the minimiser left it out.</summary>
    internal bool Omits() => _omitted.Contains(Parts++);

    internal int TypeOf(string parameters, string results)
    {
        _types.Byte(0x60);
        foreach (var list in (string[])[parameters, results])
        {
            _types.Index(list.Length);
            foreach (var letter in list) _types.Byte(CodeOf(letter));
        }
        return _typeCount++;
    }

    internal static byte CodeOf(char letter) => letter switch
    {
        'i' => 0x7F,
        'l' => 0x7E,
        'f' => 0x7D,
        'd' => 0x7C,
        'v' => 0x7B,
        _ => 0x70,
    };

    private byte[] Generate()
    {
        var count = 2 + _choices.Below(6);
        for (var i = 0; i < count; i++)
        {
            var parameters = Letters(_choices.OneIn(8) ? 12 : 4, Types + "ilr");
            var results = Letters(_choices.OneIn(8) ? 10 : 3, Types + "il");
            Functions.Add(new FunctionShape(parameters, results, TypeOf(parameters, results)));
        }
        Memories.Add(new MemoryShape(_choices.OneIn(6), 1 + _choices.Below(2), 3));
        if (_choices.OneIn(4)) Memories.Add(new MemoryShape(_choices.OneIn(3), _choices.Below(2), 2));
        var others = 2 + _choices.Below(6);
        for (var i = 0; i < others; i++) Globals.Add(_choices.Of(Types));
        var results0 = Globals.Count;
        foreach (var type in Types) Globals.AddRange(Enumerable.Repeat(type, ResultsOfAType));
        for (var i = 0; i < TableSize; i++) Table[i] = _choices.OneIn(5) ? -1 : _choices.Below(count);
        DataSegments = 1 + _choices.Below(3);

        var bodies = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            bodies.Add(new FunctionGenerator(this, new Choices(_choices.Bits()), Functions[i]).Generate());
        }
        var entryType = TypeOf("", "");
        for (var i = 0; i < count; i++) bodies.Add(Caller(i, results0));
        bodies.Add(Dump());

        var module = new ByteWriter();
        module.Bytes([0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]);
        Section(module, 1, s =>
        {
            s.Index(_typeCount);
            s.Bytes(_types.Written);
        });
        Section(module, 3, s =>
        {
            s.Index(bodies.Count);
            foreach (var function in Functions) s.Index(function.TypeIndex);
            for (var i = Functions.Count; i < bodies.Count; i++) s.Index(entryType);
        });
        Section(module, 4, s => s.Bytes([1, 0x70, 1, TableSize, 20]));
        Section(module, 5, s =>
        {
            s.Index(Memories.Count);
            foreach (var memory in Memories) s.Bytes([(byte)(memory.Is64 ? 5 : 1), (byte)memory.Minimum, (byte)memory.Maximum]);
        });
        Section(module, 6, WriteGlobals);
        Section(module, 7, WriteExports);
        Section(module, 9, WriteElements);
        Section(module, 12, s => s.Index(DataSegments));
        Section(module, 10, s =>
        {
            s.Index(bodies.Count);
            foreach (var body in bodies) s.Vector(body);
        });
        Section(module, 11, WriteData);
        return module.Written.ToArray();
    }

    private string Letters(int most, string letters) =>
        string.Concat(Enumerable.Range(0, _choices.Below(most + 1)).Select(_ => _choices.Of(letters)));

    private static void Section(ByteWriter module, byte id, Action<ByteWriter> write)
    {
        var content = new ByteWriter();
        write(content);
        module.Byte(id);
        module.Vector(content.Written);
    }

    private void WriteGlobals(ByteWriter s)
    {
        s.Index(Globals.Count);
        foreach (var type in Globals)
        {
            s.Byte(CodeOf(type));
            s.Byte(1);
            new ConstantWriter(s, _choices).Write(type);
            s.Byte(0x0B);
        }
    }

    private void WriteExports(ByteWriter s)
    {
        // Exported globals are reached in another way than those that are the instance's own: half are exported.
        var globals = Enumerable.Range(1, Globals.Count - 1).Where(i => Globals[i] != 'v' && i % 2 == 0).ToArray();
        s.Index(Functions.Count + 1 + Memories.Count + globals.Length);
        for (var i = 0; i < Functions.Count; i++)
        {
            _calls.Add("f" + i);
            Export("f" + i, 0, Functions.Count + i);
        }
        _calls.Add("dump");
        Export("dump", 0, 2 * Functions.Count);
        for (var i = 0; i < Memories.Count; i++) Export("m" + i, 2, i);
        foreach (var global in globals) Export("g" + global, 3, global);

        void Export(string name, byte kind, int index)
        {
            s.Name(name);
            s.Byte(kind);
            s.Index(index);
        }
    }

    private void WriteElements(ByteWriter s)
    {
        // Active with the table's elements, null included; then passive; then all functions, so that each may be referred to.
        s.Index(3);
        s.Bytes([4, 0x41, 0, 0x0B]);
        s.Index(TableSize);
        foreach (var function in Table)
        {
            if (function < 0)
            {
                s.Bytes([0xD0, 0x70, 0x0B]);
                continue;
            }
            s.Byte(0xD2);
            s.Index(function);
            s.Byte(0x0B);
        }
        s.Bytes([1, 0]);
        s.Index(4);
        for (var i = 0; i < 4; i++) s.Index(_choices.Below(Functions.Count));
        s.Bytes([3, 0]);
        s.Index(Functions.Count);
        for (var i = 0; i < Functions.Count; i++) s.Index(i);
    }

    private void WriteData(ByteWriter s)
    {
        s.Index(DataSegments);
        for (var i = 0; i < DataSegments; i++)
        {
            var bytes = new byte[_choices.Below(200)];
            for (var j = 0; j < bytes.Length; j++) bytes[j] = (byte)_choices.Bits();
            if (i == 0)
            {
                s.Byte(0);
                s.Byte((byte)(Memories[0].Is64 ? 0x42 : 0x41));
                s.Signed(_choices.Below(65_000));
                s.Byte(0x0B);
            }
            else
            {
                s.Byte(1);
            }
            s.Vector(bytes);
        }
    }

    private byte[] Caller(int function, int firstResult)
    {
        var code = new ByteWriter();
        var constants = new ConstantWriter(code, _choices);
        code.Byte(0);
        code.Opcode(Opcode.I32Const);
        code.Signed(Fuel);
        code.Opcode(Opcode.GlobalSet);
        code.Index(FuelGlobal);
        foreach (var parameter in Functions[function].Parameters) constants.Write(parameter);
        code.Opcode(Opcode.Call);
        code.Index(function);
        var used = new int[Types.Length];
        foreach (var result in Functions[function].Results.Reverse())
        {
            var type = Types.IndexOf(result, StringComparison.Ordinal);
            if (used[type] == ResultsOfAType)
            {
                code.Opcode(Opcode.Drop);
                continue;
            }
            code.Opcode(Opcode.GlobalSet);
            code.Index(firstResult + type * ResultsOfAType + used[type]++);
        }
        code.Opcode(Opcode.End);
        return code.Written.ToArray();
    }

    private byte[] Dump()
    {
        var code = new ByteWriter();
        code.Byte(0);
        for (var i = 0; i < Globals.Count; i++)
        {
            code.Opcode(Memories[0].Is64 ? Opcode.I64Const : Opcode.I32Const);
            code.Signed(i * 16);
            code.Opcode(Opcode.GlobalGet);
            code.Index(i);
            code.Opcode(Globals[i] switch
            {
                'i' => Opcode.I32Store,
                'l' => Opcode.I64Store,
                'f' => Opcode.F32Store,
                'd' => Opcode.F64Store,
                _ => Opcode.V128Store,
            });
            code.Bytes([0, 0]);
        }
        code.Opcode(Opcode.End);
        return code.Written.ToArray();
    }
}
