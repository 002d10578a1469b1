using System.Globalization;

namespace TensorWasm.Server.Tests;

/// <summary>A span as a collector gets it: opentelemetry/proto/trace/v1/trace.proto.</summary>
internal sealed class OtlpSpan(ProtobufMessage span, string service)
{
    internal string Service { get; } = service;

    internal string TraceId { get; } = Convert.ToHexStringLower(span.Bytes(1));

    internal string Id { get; } = Convert.ToHexStringLower(span.Bytes(2));

    internal string ParentId { get; } = Convert.ToHexStringLower(span.Bytes(4));

    internal string Name { get; } = span.Text(5);

    internal ulong Start { get; } = span.Number(7);

    internal ulong End { get; } = span.Number(8);

    internal IReadOnlyDictionary<string, string> Attributes { get; } = ReadAttributes(span, 9);

    internal IReadOnlyList<(string Name, IReadOnlyDictionary<string, string> Attributes)> Events { get; } =
        [.. span.Messages(11).Select(item => (item.Text(2), ReadAttributes(item, 3)))];

    internal bool IsError { get; } = span.Messages(15).Any(status => status.Number(3) == 2);

    /// <summary>KeyValue and AnyValue of common.proto, as text.</summary>
    internal static IReadOnlyDictionary<string, string> ReadAttributes(ProtobufMessage message, int number) =>
        message.Messages(number).ToDictionary(pair => pair.Text(1), pair =>
        {
            var value = pair.Messages(2).Single();
            return value.Has(1) ? value.Text(1)
                : value.Has(4) ? BitConverter.UInt64BitsToDouble(value.Number(4)).ToString(CultureInfo.InvariantCulture)
                : ((long)(value.Has(3) ? value.Number(3) : value.Number(2))).ToString(CultureInfo.InvariantCulture);
        });
}
