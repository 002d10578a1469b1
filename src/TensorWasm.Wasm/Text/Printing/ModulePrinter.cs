using System.Globalization;

namespace TensorWasm.Wasm.Text;

/// <summary>Prints the fields of a module.</summary>
internal sealed partial class ModulePrinter
{
    private readonly WasmModule _module;
    private readonly TextWriter _output;
    private readonly TypePrinter _types;
    private readonly ModuleIdentifiers _ids;
    private readonly InstructionPrinter _instructions;

    public ModulePrinter(WasmModule module, TextWriter output)
    {
        _module = module;
        _output = output;
        _types = new TypePrinter(module);
        _ids = new ModuleIdentifiers(module);
        _instructions = new InstructionPrinter(output, _types, _ids);
    }

    public void Print()
    {
        _output.Write("(module");
        if (_module.Names.Module is { } name)
        {
            _output.Write(name.Length > 0 ? " " + Quoting.Identifier(name) : " (@name \"\")");
        }
        PrintTypes();
        foreach (var import in _module.Imports) PrintImport(import);
        PrintTables();
        PrintMemories();
        PrintTags();
        PrintGlobals();
        foreach (var export in _module.Exports) PrintExport(export);
        if (_module.Start is { } start) Field($"(start {_ids.Functions[(uint)start]})");
        for (var i = 0; i < _module.Elements.Count; i++) PrintElements(i);
        for (var i = 0; i < _module.Bodies.Count; i++) PrintFunction(i);
        for (var i = 0; i < _module.Data.Count; i++) PrintData(i);
        PrintCustoms();
        _output.Write(")\n");
    }

    private void Field(string text)
    {
        _output.Write("\n  ");
        _output.Write(text);
    }

    private void PrintTypes()
    {
        foreach (var (start, count) in _module.RecursionGroups)
        {
            if (count == 1)
            {
                Field(_types.Definition(start));
                continue;
            }
            Field("(rec");
            for (var i = 0; i < count; i++) Field("  " + _types.Definition(start + i));
            _output.Write(')');
        }
    }

    private void PrintImport(Import import)
    {
        var index = import.Index;
        var description = import.Kind switch
        {
            ExternalKind.Function =>
                $"(func{_ids.Functions.Declare(index)}{_types.Use(_module.Functions[index], ImportedLocals(index))})",
            ExternalKind.Table => $"(table{_ids.Tables.Declare(index)}{Table(_module.Tables[index])})",
            ExternalKind.Memory => $"(memory{_ids.Memories.Declare(index)}{Memory(_module.Memories[index])})",
            ExternalKind.Global => $"(global{_ids.Globals.Declare(index)}{Global(_module.Globals[index])})",
            _ => $"(tag{_ids.Tags.Declare(index)}{_types.Use(_module.Tags[index], null)})",
        };
        Field($"(import {Quoting.String(import.Module)} {Quoting.String(import.Name)} {description})");
    }

    private void PrintTables()
    {
        for (var i = 0; i < _module.TableInitializers.Count; i++)
        {
            var index = _module.ImportedTables + i;
            Field($"(table{_ids.Tables.Declare(index)}{Table(_module.Tables[index])}");
            if (_module.TableInitializers[i] is { } initializer) _instructions.PrintExpression(initializer);
            _output.Write(')');
        }
    }

    private void PrintMemories()
    {
        for (var i = _module.ImportedMemories; i < _module.Memories.Count; i++)
        {
            Field($"(memory{_ids.Memories.Declare(i)}{Memory(_module.Memories[i])})");
        }
    }

    private void PrintTags()
    {
        for (var i = _module.ImportedTags; i < _module.Tags.Count; i++)
        {
            Field($"(tag{_ids.Tags.Declare(i)}{_types.Use(_module.Tags[i], null)})");
        }
    }

    private void PrintGlobals()
    {
        for (var i = 0; i < _module.GlobalInitializers.Count; i++)
        {
            var index = _module.ImportedGlobals + i;
            Field($"(global{_ids.Globals.Declare(index)}{Global(_module.Globals[index])}");
            _instructions.PrintExpression(_module.GlobalInitializers[i]);
            _output.Write(')');
        }
    }

    private void PrintExport(Export export)
    {
        var (keyword, ids) = export.Kind switch
        {
            ExternalKind.Function => ("func", _ids.Functions),
            ExternalKind.Table => ("table", _ids.Tables),
            ExternalKind.Memory => ("memory", _ids.Memories),
            ExternalKind.Global => ("global", _ids.Globals),
            _ => ("tag", _ids.Tags),
        };
        Field($"(export {Quoting.String(export.Name)} ({keyword} {ids[(uint)export.Index]}))");
    }

    private void PrintFunction(int body)
    {
        var index = _module.ImportedFunctions + body;
        var function = _module.Bodies[body];
        var type = _module.Functions[index];
        var parameters = type < _module.Types.Count && _module.Types[type].Composite is FunctionType known
            ? known.Parameters.Count
            : 0;
        var declared = function.Locals.Sum(group => (long)group.Count);
        var count = (int)Math.Min(parameters + declared, int.MaxValue);
        var locals = new IdentifierTable(_module.Names.Locals.GetValueOrDefault(index), count);
        Field($"(func{_ids.Functions.Declare(index)}{_types.Use(type, locals)}");
        PrintLocals(function, locals, parameters);
        _instructions.PrintBody(function, locals, _module.Names.Labels.GetValueOrDefault(index));
        _output.Write(')');
    }

    /// <summary>Locals with a name stand alone, runs of others together.</summary>
    private void PrintLocals(FunctionBody function, IdentifierTable locals, int index)
    {
        if (function.Locals.Count == 0) return;
        _output.Write("\n   ");
        var open = false;
        foreach (var (count, type) in function.Locals)
        {
            for (var i = 0u; i < count; i++, index++)
            {
                var isNamed = locals.IsNamed(index);
                if (open && isNamed) _output.Write(')');
                if (isNamed || !open) _output.Write(" (local");
                if (isNamed) _output.Write(locals.Declare(index, showIndex: false));
                _output.Write(' ');
                _output.Write(_types.Value(type));
                if (isNamed) _output.Write(')');
                open = !isNamed;
            }
        }
        if (open) _output.Write(')');
    }

    private IdentifierTable? ImportedLocals(int function) =>
        _module.Names.Locals.GetValueOrDefault(function) is { } names ? new IdentifierTable(names, int.MaxValue) : null;

    private string Table(TableType type) => $"{Limits(type.Limits)} {_types.Value(type.Element)}";

    private static string Memory(MemoryType type) => Limits(type.Limits) + (type.IsShared ? " shared" : "");

    private string Global(GlobalType type) =>
        type.IsMutable ? $" (mut {_types.Value(type.Type)})" : " " + _types.Value(type.Type);

    private static string Limits(Limits limits)
    {
        var maximum = limits.Maximum is { } value ? " " + value.ToString(CultureInfo.InvariantCulture) : "";
        return $"{(limits.Is64 ? " i64" : "")} {limits.Minimum.ToString(CultureInfo.InvariantCulture)}{maximum}";
    }
}
