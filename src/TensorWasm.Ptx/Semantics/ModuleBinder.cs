using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Semantics;

/// <summary>Binds a module: its target, its variables and each function.</summary>
internal sealed class ModuleBinder(ModuleSyntax module, PtxLimits limits, DiagnosticBag diagnostics)
{
    private readonly Scope _scope = new(null);
    private readonly Dictionary<string, FunctionSyntax> _functions = new(StringComparer.Ordinal);

    public IReadOnlyList<Kernel> Bind()
    {
        ModuleTarget target = ModuleTarget.Check(module, diagnostics);
        if (module.Functions.Count() > limits.MaxFunctions || module.Variables.Count() > limits.MaxModuleVariables)
        {
            diagnostics.Add(
                PtxDiagnosticId.Limit,
                module.Position,
                "",
                $"the module has more than {limits.MaxFunctions} functions or {limits.MaxModuleVariables} variables");
            return [];
        }

        DeclareVariables();
        DeclareFunctions();
        var symbols = new ModuleSymbols(
            _scope, _functions, [.. module.Variables.Select(variable => variable.Name)], target, limits);
        List<Kernel> kernels = [];
        foreach (FunctionSyntax function in _functions.Values)
        {
            if (diagnostics.IsFull)
            {
                break;
            }

            if (function.Body is null)
            {
                CheckPrototype(function);
            }
            else if (FunctionBinder.Bind(symbols, function, diagnostics) is { } kernel && function.IsEntry)
            {
                kernels.Add(kernel);
            }
        }

        return kernels;
    }

    /// <summary>A name for a variable that a function declares: unlike any other of the module.</summary>
    public static string StaticName(ModuleSymbols module, VariableSyntax syntax) =>
        $"{syntax.Name}$tw{module.Statics.Count}";

    private void DeclareVariables()
    {
        var binder = new VariableBinder(limits);
        long bytes = 0;
        foreach (VariableSyntax syntax in module.Variables)
        {
            try
            {
                Variable variable = binder.Bind(syntax, syntax.Name, isModuleScope: true);
                bytes += variable.Size;
                if (bytes > limits.MaxVariableBytes)
                {
                    throw new BindFailure(
                        PtxDiagnosticId.Limit, $"the module's variables have more than {limits.MaxVariableBytes} bytes");
                }

                _scope.Declare(syntax.Name, variable);
            }
            catch (BindFailure failure)
            {
                diagnostics.Add(failure.Id, syntax.Position, $"{syntax.Space} {syntax.Name}", failure.Message);
            }
        }
    }

    private void DeclareFunctions()
    {
        foreach (FunctionSyntax function in module.Functions)
        {
            string text = (function.IsEntry ? ".entry " : ".func ") + function.Name;
            bool isVariable = _scope.Find(function.Name) is not null;
            if (_functions.TryGetValue(function.Name, out FunctionSyntax? earlier) || isVariable)
            {
                // A prototype may stand before its definition.
                bool completes = !isVariable && earlier!.Body is null && function.IsEntry == earlier.IsEntry
                    && function.Parameters.Count == earlier.Parameters.Count;
                if (!completes)
                {
                    diagnostics.Add(
                        PtxDiagnosticId.DuplicateSymbol, function.Position, text, $"'{function.Name}' is declared twice");
                    continue;
                }
            }

            _functions[function.Name] = function;
        }
    }

    private void CheckPrototype(FunctionSyntax function)
    {
        string reason = function.Linkage == Linkage.Extern
            ? "an external function is the driver's or another module's, and cannot be verified"
            : "the function has no body in this module";
        diagnostics.Add(
            PtxDiagnosticId.Refused, function.Position, $".{(function.IsEntry ? "entry" : "func")} {function.Name}", reason);
    }
}
