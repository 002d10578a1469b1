using System.Collections.Immutable;
using System.Text.Json;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>What an invocation was sent, in any of its forms.</summary>
internal sealed record InvokeBody
{
    /// <summary>As many arguments as a request may have; WebAssembly functions have at most 1,000 parameters.</summary>
    private const int MaxArguments = 1_000;

    private static readonly InvokeBody Empty = new();

    internal string? Export { get; init; }

    internal ImmutableArray<GuestArgument> Arguments { get; init; } = [];

    internal ReadOnlyMemory<byte> Input { get; init; }

    internal TimeSpan? Deadline { get; init; }

    /// <summary>The invocation of a function that a request asks for.</summary>
    internal InvocationRequest ToInvocation(GatewayRequest request, FunctionReference function) => new()
    {
        Tenant = request.Tenant,
        Function = function,
        Export = Export,
        Arguments = Arguments,
        Input = Input,
        Deadline = Deadline,
        TraceId = request.TraceId,
    };

    /// <summary>Reads the body: JSON; or bytes or a tensor, which are the guest's input, with the rest in the query.</summary>
    /// <exception cref="RefusalException">It is wrong.</exception>
    internal static async ValueTask<InvokeBody> ReadAsync(GatewayRequest request)
    {
        var type = request.Http.Request.ContentType ?? "";
        if (type.StartsWith(TensorFormat.MediaType, StringComparison.OrdinalIgnoreCase))
        {
            var data = await RequestBody.ReadAsync(request).ConfigureAwait(false);
            return OfQuery(request) with { Input = TensorFormat.FromHttp(request.Http.Request.Headers, data.Span) };
        }
        if (type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase))
        {
            return OfQuery(request) with { Input = await RequestBody.ReadAsync(request).ConfigureAwait(false) };
        }
        using var json = await RequestBody.ReadJsonAsync(request).ConfigureAwait(false);
        return json is null ? OfQuery(request) : OfJson(json.RootElement);
    }

    private static InvokeBody OfJson(JsonElement json) => new()
    {
        Export = json.Text("export"),
        Arguments = json.TryGet("args", out var arguments) ? ReadArguments(arguments) : [],
        Input = json.TryGet("input_b64", out var encoded) ? Decode(encoded) : default,
        Deadline = Milliseconds(json.Whole("deadline_ms", 1, 86_400_000)),
    };

    private static InvokeBody OfQuery(GatewayRequest request)
    {
        var query = request.Http.Request.Query;
        if (query.Count == 0) return Empty;
        var arguments = query["arg"];
        if (arguments.Count > MaxArguments) throw TooMany();
        TimeSpan? deadline = null;
        if (query["deadline_ms"] is { Count: > 0 } text)
        {
            deadline = int.TryParse(text, out var milliseconds) && milliseconds is >= 1 and <= 86_400_000
                ? TimeSpan.FromMilliseconds(milliseconds)
                : throw JsonFields.Wrong("deadline_ms", "a whole number from 1 to 86400000");
        }
        return new()
        {
            Export = query["export"] is { Count: > 0 } export ? export.ToString() : null,
            Arguments = [.. arguments.Select(argument => new GuestArgument(argument ?? ""))],
            Deadline = deadline,
        };
    }

    private static ImmutableArray<GuestArgument> ReadArguments(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            throw JsonFields.Wrong("args", "an array", ErrorKind.InvalidArguments);
        }
        var count = json.GetArrayLength();
        if (count > MaxArguments) throw TooMany();
        var arguments = ImmutableArray.CreateBuilder<GuestArgument>(count);
        foreach (var item in json.EnumerateArray())
        {
            // A number stays as it is written: what it becomes is the export's signature's to say.
            arguments.Add(item.ValueKind switch
            {
                JsonValueKind.Number => new(item.GetRawText()),
                JsonValueKind.String => new(item.AsText("args")),
                _ => throw JsonFields.Wrong("args", "an array of numbers and strings", ErrorKind.InvalidArguments),
            });
        }
        return arguments.MoveToImmutable();
    }

    private static ReadOnlyMemory<byte> Decode(JsonElement encoded) =>
        encoded.ValueKind == JsonValueKind.String && encoded.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw JsonFields.Wrong("input_b64", "standard base64 with padding", ErrorKind.InvalidBase64);

    private static TimeSpan? Milliseconds(long? value) =>
        value is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;

    private static RefusalException TooMany() =>
        new(GatewayError.Bad(ErrorKind.InvalidArguments, $"There are more than {MaxArguments} arguments."));
}
