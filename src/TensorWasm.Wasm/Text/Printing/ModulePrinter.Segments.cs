namespace TensorWasm.Wasm.Text;

/// <content>Segments and custom sections.</content>
internal sealed partial class ModulePrinter
{
    private void PrintElements(int index)
    {
        var segment = _module.Elements[index];
        Field($"(elem{_ids.Elements.Declare(index)}");
        if (segment.Mode == SegmentMode.Declarative) _output.Write(" declare");
        if (segment.Mode == SegmentMode.Active)
        {
            if (segment.Table != 0) _output.Write($" (table {_ids.Tables[(uint)segment.Table]})");
            _instructions.PrintExpression(segment.TableOffset, "offset");
        }
        if (segment.Functions is { } functions)
        {
            _output.Write(" func");
            foreach (var function in functions) _output.Write(" " + _ids.Functions[(uint)function]);
        }
        else
        {
            _output.Write(" " + _types.Value(segment.Type));
            foreach (var expression in segment.Expressions!) _instructions.PrintExpression(expression, "item");
        }
        _output.Write(')');
    }

    private void PrintData(int index)
    {
        var segment = _module.Data[index];
        Field($"(data{_ids.Data.Declare(index)}");
        if (segment.Mode == SegmentMode.Active)
        {
            if (segment.Memory != 0) _output.Write($" (memory {_ids.Memories[(uint)segment.Memory]})");
            _instructions.PrintExpression(segment.MemoryOffset, "offset");
        }
        _output.Write(' ');
        Quoting.WriteBytes(_output, segment.Bytes.Span);
        _output.Write(')');
    }

    /// <summary>Custom sections as annotations, but for the name section: its names are all over the text.</summary>
    private void PrintCustoms()
    {
        foreach (var section in _module.CustomSections)
        {
            if (section.Name == "name") continue;
            Field($"(@custom {Quoting.String(section.Name)} ({Annotations.PlaceOf(section.After)}) ");
            Quoting.WriteBytes(_output, section.Bytes.Span);
            _output.Write(')');
        }
    }
}
