using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Ir;

/// <summary>
/// A verified kernel in flat form: scopes dissolved, calls inlined, names unique, blocks reachable. Blocks stand in
/// the order of their text; the first is the entry.
/// </summary>
public sealed class Kernel
{
    private readonly NameTable _names;
    private readonly Dictionary<Block, string> _tables = [];

    internal Kernel(string name, KernelSignature signature, LaunchBounds bounds, SourcePosition position, NameTable names)
    {
        Name = name;
        Signature = signature;
        Bounds = bounds;
        Position = position;
        _names = names;
    }

    /// <summary>The entry point's name.</summary>
    public string Name { get; }

    /// <summary>What a launch must pass.</summary>
    public KernelSignature Signature { get; }

    /// <summary>What its directives promise about launches.</summary>
    public LaunchBounds Bounds { get; }

    /// <summary>Where it starts.</summary>
    public SourcePosition Position { get; }

    /// <summary>Its blocks, the entry first.</summary>
    public IReadOnlyList<Block> Blocks => Code;

    /// <summary>Its registers, by <see cref="Register.Id"/>.</summary>
    public IReadOnlyList<Register> Registers => RegisterList;

    /// <summary>Its parameters, in order, hidden ones last.</summary>
    public IReadOnlyList<Variable> Parameters => ParameterList;

    /// <summary>Shared, local, constant and global variables it uses.</summary>
    public IReadOnlyList<Variable> Variables => VariableList;

    internal List<Block> Code { get; } = [];

    internal List<Register> RegisterList { get; } = [];

    internal List<Variable> ParameterList { get; } = [];

    internal List<Variable> VariableList { get; } = [];

    /// <summary>Whether some instruction is such a one.</summary>
    internal bool Has(Predicate<Instruction> match)
    {
        foreach (Block block in Code)
        {
            if (block.Code.Exists(match))
            {
                return true;
            }
        }

        return false;
    }

    internal Register NewRegister(PtxType type, string name)
    {
        var register = new Register(RegisterList.Count, _names.Claim(name), type);
        RegisterList.Add(register);
        return register;
    }

    internal Label NewLabel(string name) => new(_names.Claim(name));

    /// <summary>The name of the target list of a block's <c>brx.idx</c>; the same each time the kernel is printed.</summary>
    internal string TableName(Block block)
    {
        if (!_tables.TryGetValue(block, out string? name))
        {
            _tables.Add(block, name = NewName("$tw_targets"));
        }

        return name;
    }

    internal string NewName(string name) => _names.Claim(name);

    /// <summary>The kernel as PTX text.</summary>
    public override string ToString() => IrPrinter.Print(this);
}
