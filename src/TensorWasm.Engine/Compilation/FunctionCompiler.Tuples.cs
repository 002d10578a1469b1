using System.Reflection.Metadata;

namespace TensorWasm.Engine.Compilation;

/// <content>
/// Several results: a tuple. Where it is nested, each part is reached from the one around it, not from the whole: RyuJIT
/// takes much more than linear time for long chains of fields, and a frame of quadratic size for parts that are passed to
/// constructors.
/// </content>
internal sealed partial class FunctionCompiler
{
    /// <summary>Puts the fields of the tuple on the CIL stack there, first to last.</summary>
    private void SpreadTuple(Type tuple)
    {
        var local = Scratch(tuple);
        _il.Stloc(local);
        ForEachItem(tuple, local, (load, item) =>
        {
            load();
            _il.Field(ILOpCode.Ldfld, _references.Field(item));
        });
    }

    /// <summary>Makes a nested tuple of the topmost values and leaves it on the CIL stack in their place.</summary>
    private void EmitNestedTuple(Type tuple, int count)
    {
        Flush();
        if (!_typedScratch.ContainsKey(tuple)) _tupleItems += 2 * count;
        var local = Scratch(tuple);
        var position = _stack.Count - count;
        ForEachItem(tuple, local, (load, item) =>
        {
            load();
            _il.Ldloc(Slot(position, _stack[position]));
            _il.Field(ILOpCode.Stfld, _references.Field(item));
            position++;
        });
        _il.Ldloc(local);
    }

    /// <summary>Goes through the fields of a tuple in a local; for each there is an action that loads what it is a field of.</summary>
    private void ForEachItem(Type tuple, int local, Action<Action, System.Reflection.FieldInfo> emit)
    {
        var part = -1;
        while (true)
        {
            var items = tuple.GetGenericArguments().Length;
            for (var i = 1; i <= Math.Min(items, 7); i++) emit(LoadPart, tuple.GetField("Item" + i)!);
            if (items < 8) return;
            var rest = tuple.GetField("Rest")!;
            LoadPart();
            _il.Field(ILOpCode.Ldflda, _references.Field(rest));
            tuple = rest.FieldType;
            part = Scratch(tuple.MakeByRefType());
            _il.Stloc(part);
        }

        void LoadPart()
        {
            if (part < 0) _il.Ldloca(local);
            else _il.Ldloc(part);
        }
    }
}
