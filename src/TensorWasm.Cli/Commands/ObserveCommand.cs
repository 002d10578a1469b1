using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace TensorWasm.Cli.Commands;

/// <summary><c>observe</c>: a server's numbers, live.</summary>
internal static class ObserveCommand
{
    internal static Command Create(CliContext context)
    {
        var interval = new ValueOption<TimeSpan>(
            "--interval", "time", "How often: 2s by default.",
            static text => Duration.TryParse(text, out var time) && time >= TimeSpan.FromMilliseconds(100)
                ? time
                : (TimeSpan?)null,
            "a time of at least 100ms");
        var count = CommonOptions.Count("--count", "Stops after so many times; without it, at Ctrl-C.");
        return ApiVerb.Create(
            context, "observe", "Shows how much a server has to do, again and again.",
            ("tensorwasm observe --interval 1s", "requests and errors a second, their median and tail, memory"),
            [interval, count],
            (client, parsed) => Observe(client, interval.Read(parsed) ?? TimeSpan.FromSeconds(2), count.Read(parsed)),
            "On a terminal, one line that is written anew; elsewhere, one JSON object a line.");
    }

    private static int Observe(ApiClient client, TimeSpan interval, int? count)
    {
        var context = client.Context;
        var before = MetricSample.Read(client);
        for (var i = 0; count is not { } most || i < most; i++)
        {
            if (context.Token.WaitHandle.WaitOne(interval)) break;
            var now = MetricSample.Read(client);
            if (context.IsOutputTerminal) context.Output.Write("\r\u001b[K" + Line(now.Since(before)));
            else context.Output.WriteLine(Json(now.Since(before)));
            context.Flush();
            before = now;
        }
        if (context.IsOutputTerminal) context.Output.WriteLine();
        return ExitCodes.Success;
    }

    private static string Line(MetricRates rates) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rates.RequestsPerSecond,8:F1} req/s {rates.ErrorsPerSecond,7:F1} err/s  p50 {Time(rates.Median)}  "
        + $"p99 {Time(rates.Tail)}  {rates.InFlight,4:F0} in flight  {rates.HeapBytes / (1 << 20),6:F0} MiB");

    private static string Time(double? seconds) =>
        seconds is { } some ? string.Create(CultureInfo.InvariantCulture, $"{some * 1000:F2} ms") : "-";

    private static string Json(MetricRates rates)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("requests_per_second", Math.Round(rates.RequestsPerSecond, 3));
            writer.WriteNumber("errors_per_second", Math.Round(rates.ErrorsPerSecond, 3));
            WriteOptional(writer, "p50_seconds", rates.Median);
            WriteOptional(writer, "p99_seconds", rates.Tail);
            writer.WriteNumber("in_flight", rates.InFlight);
            writer.WriteNumber("heap_bytes", rates.HeapBytes);
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } some) writer.WriteNumber(name, some);
        else writer.WriteNull(name);
    }
}
