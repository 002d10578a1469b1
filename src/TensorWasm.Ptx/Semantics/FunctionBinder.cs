using System.Globalization;
using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Semantics;

/// <summary>
/// Binds one function to flat form: resolves names, checks each instruction against the whitelist, dissolves scopes,
/// inlines calls. Recursion follows nesting and calls, both bounded.
/// </summary>
internal sealed partial class FunctionBinder
{
    private const int MaxCallDepth = 32;

    /// <summary>Functions that call twice grow exponentially when inlined, also where they hold no instruction.</summary>
    private const int MaxInlinedCalls = 4096;

    private readonly ModuleSymbols _module;
    private readonly DiagnosticBag _diagnostics;
    private readonly Kernel _kernel;
    private readonly List<CodeItem> _items;
    private readonly List<FunctionSyntax> _calls = [];
    private readonly HashSet<Variable> _used = [];
    private readonly VariableBinder _variables;
    private readonly OperandBinder _operands;
    private Scope _scope;
    private Label? _return;
    private long _declaredRegisters;
    private int _inlined;

    private FunctionBinder(ModuleSymbols module, Kernel kernel, DiagnosticBag diagnostics, int statements)
    {
        _items = new(statements);
        _module = module;
        _kernel = kernel;
        _diagnostics = diagnostics;
        _scope = new Scope(module.Scope, statements);
        _variables = new VariableBinder(module.Limits);
        _operands = new OperandBinder(Resolve);
    }

    /// <summary>Binds a kernel, or a function nobody calls, whose parameters are then of no interest.</summary>
    public static Kernel? Bind(ModuleSymbols module, FunctionSyntax function, DiagnosticBag diagnostics)
    {
        int before = diagnostics.Items.Count;

        // About as many registers and instructions; the fence adds as many names again.
        int statements = function.Body!.Statements.Count;
        var names = new NameTable(2 * statements);
        foreach (string name in module.Functions.Keys.Concat(module.VariableNames))
        {
            names.Claim(name);
        }

        Kernel kernel;
        FunctionBinder binder;
        try
        {
            LaunchBounds bounds = FunctionDirectives.Read(function);
            KernelSignature signature = SignatureBinder.Bind(function.IsEntry ? function.Parameters : []);
            kernel = new Kernel(function.Name, signature, bounds, function.Position, names);
            binder = new FunctionBinder(module, kernel, diagnostics, statements);
            binder.DeclareFormals(function);
        }
        catch (BindFailure failure)
        {
            diagnostics.Add(failure.Id, function.Position, $".entry {function.Name}", failure.Message);
            return null;
        }

        binder._calls.Add(function);
        binder.BindBlock(function.Body, binder._scope);
        if (diagnostics.Items.Count > before)
        {
            return null;
        }

        BlockBuilder.Build(kernel, binder._items);
        if (kernel.Blocks.Count > module.Limits.MaxBlocks)
        {
            diagnostics.Add(
                PtxDiagnosticId.Limit,
                function.Position,
                $".entry {function.Name}",
                $"the kernel has {kernel.Blocks.Count} basic blocks, more than {module.Limits.MaxBlocks}");
            return null;
        }

        binder.KeepUsedVariables();
        return kernel;
    }

    private void DeclareFormals(FunctionSyntax function)
    {
        if (function.IsEntry)
        {
            foreach (KernelParameter parameter in _kernel.Signature.Parameters)
            {
                var variable = new Variable(
                    _kernel.NewName(parameter.Name), StateSpace.Param, parameter.Size, parameter.Alignment);
                _kernel.ParameterList.Add(variable);
                _scope.Declare(parameter.Name, variable);
            }

            return;
        }

        foreach (ParameterSyntax formal in function.Parameters.Concat(function.Returns))
        {
            object symbol = formal.Space == ".reg"
                ? NewRegister(RegisterType(formal.Type), formal.Name)
                : new CallSlot(formal.Name, SignatureBinder.Size(formal));
            _scope.Declare(formal.Name, symbol);
        }
    }

    /// <summary>Only variables that live code names are part of the kernel.</summary>
    private void KeepUsedVariables()
    {
        foreach (Block block in _kernel.Code)
        {
            foreach (Instruction instruction in block.Code)
            {
                foreach (Operand operand in instruction.Operands)
                {
                    Variable? variable = (operand as MemoryOperand)?.Variable ?? (operand as AddressOfOperand)?.Variable;
                    if (variable is not null && variable.Space != StateSpace.Param && _used.Add(variable))
                    {
                        _kernel.VariableList.Add(variable);
                    }
                }
            }
        }
    }

    private object Resolve(string name)
    {
        if (_scope.Find(name) is not { } found)
        {
            if (_module.Functions.TryGetValue(name, out FunctionSyntax? function))
            {
                return function;
            }

            throw new BindFailure(PtxDiagnosticId.UndefinedSymbol, $"'{name}' is not declared");
        }

        if (found.Symbol is not DeclaredRegister declared)
        {
            return found.Symbol;
        }

        Register register = NewRegister(declared.Type, name);
        found.Scope.Replace(name, register);
        return register;
    }

    private Register NewRegister(PtxType type, string name) => _kernel.NewRegister(type, name);

    private static PtxType RegisterType(string name)
    {
        PtxType? type = PtxType.Find(name[1..]);
        return type is { CanDeclareRegister: true }
            ? type
            : throw new BindFailure(PtxDiagnosticId.Declaration, $"{name} is not a register type that is allowed here");
    }

    private void Emit(string opcode, Operand[] operands, Guard? guard, SourcePosition position, string? reason = null) =>
        Emit(InstructionFactory.Create(opcode, operands, guard, position, reason));

    private void Emit(Instruction instruction)
    {
        if (_items.Count >= _module.Limits.MaxInstructions)
        {
            throw new BindFailure(
                PtxDiagnosticId.Limit,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the kernel has more than {_module.Limits.MaxInstructions} instructions once calls are inlined"));
        }

        _items.Add(new CodeItem(null, instruction));
    }
}
