namespace TensorWasm.Wasm;

/// <content>Types (section 5.3) and imports.</content>
public static partial class WasmEncoder
{
    private static void WriteGroup(ByteWriter writer, WasmModule module, RecursionGroup group)
    {
        if (group.Count != 1)
        {
            writer.Byte(TypeSectionReader.Group);
            writer.Index(group.Count);
        }
        for (var i = group.Start; i < group.Start + group.Count; i++) WriteSubType(writer, module.Types[i]);
    }

    private static void WriteSubType(ByteWriter writer, SubType type)
    {
        if (!type.IsFinal || type.Supertypes.Count > 0)
        {
            writer.Byte(type.IsFinal ? TypeSectionReader.FinalSubType : TypeSectionReader.OpenSubType);
            WriteVector(writer, type.Supertypes, writer.Index);
        }
        switch (type.Composite)
        {
            case FunctionType function:
                writer.Byte(TypeSectionReader.Function);
                WriteVector(writer, function.Parameters, parameter => WriteValueType(writer, parameter));
                WriteVector(writer, function.Results, result => WriteValueType(writer, result));
                break;
            case StructType structure:
                writer.Byte(TypeSectionReader.Struct);
                WriteVector(writer, structure.Fields, field => WriteField(writer, field));
                break;
            case ArrayType array:
                writer.Byte(TypeSectionReader.Array);
                WriteField(writer, array.Element);
                break;
        }
    }

    private static void WriteField(ByteWriter writer, FieldType field)
    {
        WriteValueType(writer, field.Storage);
        writer.Byte(field.IsMutable ? (byte)1 : (byte)0);
    }

    internal static void WriteValueType(ByteWriter writer, ValueType type)
    {
        if (!type.IsReference)
        {
            writer.Byte((byte)type.Kind);
        }
        else if (type.IsNullable && type.Heap.IsAbstract)
        {
            writer.Signed(type.Heap.Code);
        }
        else
        {
            writer.Byte(type.IsNullable ? CodeReader.NullableReference : CodeReader.NonNullReference);
            writer.Signed(type.Heap.Code);
        }
    }

    private static void WriteLimits(ByteWriter writer, Limits limits, bool isShared)
    {
        writer.Byte((byte)(
            (limits.Maximum is null ? 0 : TypeReader.HasMaximum)
            | (isShared ? TypeReader.Shared : 0)
            | (limits.Is64 ? TypeReader.Address64 : 0)));
        writer.Unsigned(limits.Minimum);
        if (limits.Maximum is { } maximum) writer.Unsigned(maximum);
    }

    private static void WriteTable(ByteWriter writer, TableType type, ConstantExpression? initializer)
    {
        if (initializer is not null) writer.Bytes([TableSectionReader.WithInitializer, 0]);
        WriteTableType(writer, type);
        if (initializer is { } expression) writer.Bytes(expression.Code.Span);
    }

    private static void WriteTableType(ByteWriter writer, TableType type)
    {
        WriteValueType(writer, type.Element);
        WriteLimits(writer, type.Limits, isShared: false);
    }

    private static void WriteMemory(ByteWriter writer, MemoryType type) =>
        WriteLimits(writer, type.Limits, type.IsShared);

    private static void WriteGlobal(ByteWriter writer, GlobalType type)
    {
        WriteValueType(writer, type.Type);
        writer.Byte(type.IsMutable ? (byte)1 : (byte)0);
    }

    private static void WriteTag(ByteWriter writer, int type)
    {
        writer.Byte(0);
        writer.Index(type);
    }

    private static void WriteImport(ByteWriter writer, WasmModule module, Import import)
    {
        writer.Name(import.Module);
        writer.Name(import.Name);
        writer.Byte((byte)import.Kind);
        switch (import.Kind)
        {
            case ExternalKind.Function:
                writer.Index(module.Functions[import.Index]);
                break;
            case ExternalKind.Table:
                WriteTableType(writer, module.Tables[import.Index]);
                break;
            case ExternalKind.Memory:
                WriteMemory(writer, module.Memories[import.Index]);
                break;
            case ExternalKind.Global:
                WriteGlobal(writer, module.Globals[import.Index]);
                break;
            default:
                WriteTag(writer, module.Tags[import.Index]);
                break;
        }
    }
}
