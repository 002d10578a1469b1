using System.Text.Json;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Cli;

/// <summary>PTX files for programs. Members may be added to the objects; none changes its meaning.</summary>
internal static class PtxJson
{
    /// <summary>Writes an array with an object for each file.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="files">The files.</param>
    /// <param name="withNotes">Whether what was done to the kernels is told.</param>
    /// <param name="withText">Whether the fenced text is told.</param>
    internal static void Write(Stream output, IReadOnlyList<PtxFile> files, bool withNotes, bool withText)
    {
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var file in files)
            {
                Write(json, file, withNotes, withText);
            }
            json.WriteEndArray();
        }
        output.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter json, PtxFile file, bool withNotes, bool withText)
    {
        json.WriteStartObject();
        json.WriteString("file", file.Name);
        json.WriteBoolean("valid", file.IsValid);
        json.WriteStartArray("diagnostics");
        foreach (var diagnostic in file.Fenced.Diagnostics)
        {
            json.WriteStartObject();
            json.WriteNumber("line", diagnostic.Position.Line);
            json.WriteNumber("column", diagnostic.Position.Column);
            json.WriteString("id", $"PTX{(int)diagnostic.Id:D4}");
            json.WriteString("kind", diagnostic.Id.ToString());
            json.WriteString("instruction", diagnostic.Instruction);
            json.WriteString("reason", diagnostic.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("kernels");
        foreach (var kernel in file.Fenced.Kernels)
        {
            WriteKernel(json, kernel, withNotes);
        }
        json.WriteEndArray();
        if (withText && file.IsValid)
        {
            json.WriteString("ptx", file.Fenced.Print());
        }
        json.WriteEndObject();
    }

    private static void WriteKernel(Utf8JsonWriter json, FencedKernel kernel, bool withNotes)
    {
        json.WriteStartObject();
        json.WriteString("name", kernel.Name);
        json.WriteStartArray("parameters");
        foreach (var parameter in kernel.Kernel.Signature.Parameters)
        {
            WriteParameter(json, parameter);
        }
        json.WriteEndArray();
        json.WriteNumber("sharedBytes", kernel.StaticSharedBytes);
        json.WriteBoolean("dynamicShared", kernel.UsesDynamicShared);
        json.WriteNumber("localBytes", kernel.LocalBytes);
        if (withNotes)
        {
            json.WriteStartArray("hiddenParameters");
            foreach (var hidden in kernel.HiddenParameters)
            {
                json.WriteStringValue(hidden.ToString());
            }
            json.WriteEndArray();
            json.WriteStartArray("notes");
            foreach (var note in kernel.Notes)
            {
                json.WriteStartObject();
                json.WriteNumber("line", note.Position.Line);
                json.WriteNumber("column", note.Position.Column);
                json.WriteString("action", note.Action.ToString());
                json.WriteString("instruction", note.Instruction);
                json.WriteString("reason", note.Reason);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteParameter(Utf8JsonWriter json, KernelParameter parameter)
    {
        json.WriteStartObject();
        json.WriteString("name", parameter.Name);
        json.WriteString("kind", parameter.Kind.ToString());
        json.WriteString("type", parameter.Type.Name);
        json.WriteNumber("bytes", parameter.Size);
        json.WriteNumber("offset", parameter.Offset);
        json.WriteEndObject();
    }
}
