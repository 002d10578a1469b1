using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>What guests return, as JSON: <c>"ok"</c> for nothing, else an array.</summary>
internal static class Results
{
    /// <summary>Numbers as numbers; what JSON has no number for (nan, inf, vectors, references) as strings.</summary>
    internal static void Write(Utf8JsonWriter writer, ReadOnlySpan<GuestValue> results)
    {
        if (results.IsEmpty)
        {
            writer.WriteStringValue("ok"u8);
            return;
        }
        writer.WriteStartArray();
        foreach (var value in results)
        {
            switch (value.Kind)
            {
                case GuestValueKind.I32:
                    writer.WriteNumberValue(value.Int32);
                    break;
                case GuestValueKind.I64:
                    writer.WriteNumberValue(value.Int64);
                    break;
                case GuestValueKind.F32 when float.IsFinite(value.Single):
                    writer.WriteNumberValue(value.Single);
                    break;
                case GuestValueKind.F64 when double.IsFinite(value.Double):
                    writer.WriteNumberValue(value.Double);
                    break;
                default:
                    writer.WriteStringValue(value.ToString());
                    break;
            }
        }
        writer.WriteEndArray();
    }

    /// <summary>A payload such as <c>/invoke</c> answers and a finished job holds.</summary>
    internal static void WritePayload(Utf8JsonWriter writer, Guid function, ReadOnlySpan<GuestValue> results)
    {
        writer.WriteStartObject();
        writer.WriteString("function_id"u8, function);
        writer.WritePropertyName("result"u8);
        Write(writer, results);
        writer.WriteEndObject();
    }
}
