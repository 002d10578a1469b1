namespace TensorWasm.Wasm;

/// <summary>The export section (section 5.5.10).</summary>
internal static class ExportSectionReader
{
    internal static void Read(ModuleBuilder builder, ref CodeReader reader)
    {
        var exports = new Export[reader.ReadCount(WasmLimits.MaxExports, "exports", 3)];
        for (var i = 0; i < exports.Length; i++)
        {
            var name = reader.ReadName();
            var kind = (ExternalKind)reader.ReadByte();
            if (kind > ExternalKind.Tag) throw new WasmFormatException("malformed export kind", reader.Offset - 1);
            exports[i] = new Export(name, kind, reader.ReadIndex());
        }
        builder.Exports = exports;
    }
}
