using System.Collections.Concurrent;

namespace TensorWasm.Wasm;

/// <summary>
/// A module of which all but the function bodies is known to be valid. Bodies may be checked one by one, in any order and
/// on any threads, so that an engine can check a function when it compiles it.
/// </summary>
public sealed class ModuleValidator
{
    private readonly ModuleContext _context;
    private readonly ModuleIndexSpaces _spaces;
    private readonly ConcurrentBag<FunctionValidator> _idle = [];

    /// <summary>Checks everything but the function bodies.</summary>
    /// <exception cref="WasmValidationException">The module is invalid.</exception>
    /// <exception cref="WasmFormatException">An expression in it is malformed.</exception>
    public ModuleValidator(WasmModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        Module = module;
        _context = new ModuleContext(module);
        _spaces = new ModuleIndexSpaces(_context);
        var expressions = new FunctionValidator(_context, _spaces);
        CheckTables(expressions);
        CheckGlobals(expressions);
        CheckData(expressions);
        CheckElements(expressions);
        CheckStart();
        CheckExports();
        _idle.Add(expressions);
    }

    /// <summary>The module.</summary>
    public WasmModule Module { get; }

    /// <summary>Checks the body of a defined function.</summary>
    /// <param name="body">Its index in <see cref="WasmModule.Bodies"/>.</param>
    /// <exception cref="WasmValidationException">The body is invalid.</exception>
    /// <exception cref="WasmFormatException">The body is malformed.</exception>
    public void ValidateBody(int body)
    {
        if (!_idle.TryTake(out var validator)) validator = new FunctionValidator(_context, _spaces);
        validator.ValidateBody(Module.ImportedFunctions + body, Module.Bodies[body]);
        _idle.Add(validator);
    }

    /// <summary>Checks all bodies on this thread; the first invalid one, in order, is reported.</summary>
    internal void ValidateBodies()
    {
        var validator = new FunctionValidator(_context, _spaces);
        var imported = Module.ImportedFunctions;
        for (var i = 0; i < Module.Bodies.Count; i++) validator.ValidateBody(imported + i, Module.Bodies[i]);
    }

    // Tables come before globals, so their initial values may use imported globals only.
    private void CheckTables(FunctionValidator expressions)
    {
        for (var i = 0; i < Module.TableInitializers.Count; i++)
        {
            var element = _spaces.Tables[Module.ImportedTables + i].Element;
            if (Module.TableInitializers[i] is { } initializer)
            {
                expressions.ValidateConstant(initializer, element, Module.ImportedGlobals);
            }
            else if (!element.IsNullable())
            {
                throw new WasmValidationException(
                    $"type mismatch: a table of {element.ToValueType()} needs an initial value");
            }
        }
    }

    // A global's initial value may use the globals before it.
    private void CheckGlobals(FunctionValidator expressions)
    {
        for (var i = 0; i < Module.GlobalInitializers.Count; i++)
        {
            var index = Module.ImportedGlobals + i;
            expressions.ValidateConstant(Module.GlobalInitializers[i], _spaces.Globals[index].Type, index);
        }
    }

    private void CheckData(FunctionValidator expressions)
    {
        foreach (var segment in Module.Data)
        {
            if (segment.Mode != SegmentMode.Active) continue;
            if ((uint)segment.Memory >= (uint)_spaces.Memories.Length) throw Unknown("memory", segment.Memory);
            expressions.ValidateConstant(
                segment.MemoryOffset, _spaces.Memories[segment.Memory], _spaces.Globals.Length);
        }
    }

    private void CheckElements(FunctionValidator expressions)
    {
        for (var i = 0; i < Module.Elements.Count; i++)
        {
            var segment = Module.Elements[i];
            var type = _spaces.Elements[i];
            foreach (var function in segment.Functions ?? [])
            {
                if ((uint)function >= (uint)_spaces.Functions.Length) throw Unknown("function", function);
                _spaces.Declare(function);
            }
            foreach (var expression in segment.Expressions ?? [])
            {
                expressions.ValidateConstant(expression, type, _spaces.Globals.Length);
            }
            if (segment.Mode != SegmentMode.Active) continue;
            if ((uint)segment.Table >= (uint)_spaces.Tables.Length) throw Unknown("table", segment.Table);
            var table = _spaces.Tables[segment.Table];
            if (!_context.Matches(type, table.Element))
            {
                throw new WasmValidationException(
                    $"type mismatch: element segment's type {type.ToValueType()} " +
                    $"does not match table's element type {table.Element.ToValueType()}");
            }
            expressions.ValidateConstant(segment.TableOffset, table.Address, _spaces.Globals.Length);
        }
    }

    private void CheckStart()
    {
        if (Module.Start is not { } start) return;
        if ((uint)start >= (uint)_spaces.Functions.Length) throw Unknown("function", start);
        if (_spaces.Functions[start] is not { Parameters.Length: 0, Results.Length: 0 })
        {
            throw new WasmValidationException("start function must not have parameters or results", -1, start);
        }
    }

    private void CheckExports()
    {
        var names = new HashSet<string>(Module.Exports.Count, StringComparer.Ordinal);
        foreach (var export in Module.Exports)
        {
            var (what, count) = export.Kind switch
            {
                ExternalKind.Function => ("function", _spaces.Functions.Length),
                ExternalKind.Table => ("table", _spaces.Tables.Length),
                ExternalKind.Memory => ("memory", _spaces.Memories.Length),
                ExternalKind.Global => ("global", _spaces.Globals.Length),
                _ => ("tag", _spaces.Tags.Length),
            };
            if ((uint)export.Index >= (uint)count) throw Unknown(what, export.Index);
            if (export.Kind == ExternalKind.Function) _spaces.Declare(export.Index);
            if (!names.Add(export.Name))
            {
                throw new WasmValidationException($"duplicate export name \"{export.Name}\"");
            }
        }
    }

    private static WasmValidationException Unknown(string what, int index) => new($"unknown {what} {index}");
}
