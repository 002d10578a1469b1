using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace TensorWasm.Cli;

/// <summary>Talks to a server. What it answers goes to standard output as it is: JSON.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly CliContext _context;
    private readonly HttpClient _http;
    private readonly Uri _server;

    internal ApiClient(CliContext context, Uri server, string? token, ulong? tenant)
    {
        (_context, _server) = (context, server);
        // Invocations may take as long as the server lets them.
        _http = new HttpClient { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        if (!string.IsNullOrEmpty(token))
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        if (tenant is { } number)
        {
            _http.DefaultRequestHeaders.Add("X-TensorWasm-Tenant", number.ToString(CultureInfo.InvariantCulture));
        }
    }

    internal CliContext Context => _context;

    /// <summary>A JSON body of what <paramref name="write"/> writes between the braces.</summary>
    internal static HttpContent Json(Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return new ByteArrayContent(body.ToArray()) { Headers = { ContentType = new("application/json") } };
    }

    internal static HttpContent Bytes(byte[] bytes, string type) =>
        new ByteArrayContent(bytes) { Headers = { ContentType = new(type) } };

    /// <summary>Sends a request and prints the answer, if there is one.</summary>
    /// <exception cref="CliException">The server refuses, or can't be reached.</exception>
    internal int Print(string method, string path, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var response = Send(method, path, body, headers);
        return Print(response);
    }

    /// <summary>Prints an answer, if there is one.</summary>
    internal int Print(HttpResponseMessage response)
    {
        using var stream = response.Content.ReadAsStream(_context.Token);
        Copy(stream, _context.OutputStream);
        if (response.Content.Headers.ContentType?.MediaType == "application/json") _context.OutputStream.WriteByte((byte)'\n');
        return ExitCodes.Success;
    }

    /// <summary>Sends a request and reads the answer's JSON.</summary>
    /// <exception cref="CliException">The server refuses, or can't be reached.</exception>
    internal JsonElement Read(string method, string path, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var response = Send(method, path, body, headers);
        using var stream = response.Content.ReadAsStream(_context.Token);
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    /// <summary>Sends a request.</summary>
    /// <exception cref="CliException">The server refuses, or can't be reached.</exception>
    internal HttpResponseMessage Send(
        string method, string path, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        HttpResponseMessage response;
        try
        {
            response = _http.Send(request, HttpCompletionOption.ResponseHeadersRead, _context.Token);
        }
        catch (HttpRequestException e)
        {
            throw new CliException(
                $"{_server} can't be reached: {e.InnerException?.Message ?? e.Message}. Is 'tensorwasm serve' running there? " +
                "--server or TENSOR_WASM_SERVER names another server.");
        }
        if (response.IsSuccessStatusCode) return response;
        using (response) throw Refusal(response);
    }

    /// <summary>Copies what comes as it comes, so that a pipe's reader sees it at once.</summary>
    internal void Copy(Stream from, Stream to)
    {
        var buffer = new byte[64 << 10];
        while (from.Read(buffer) is var read and > 0)
        {
            _context.Token.ThrowIfCancellationRequested();
            to.Write(buffer, 0, read);
            to.Flush();
        }
    }

    public void Dispose() => _http.Dispose();

    private CliException Refusal(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        using var stream = response.Content.ReadAsStream(_context.Token);
        try
        {
            using var document = JsonDocument.Parse(stream);
            var error = document.RootElement.GetProperty("error");
            var kind = error.TryGetProperty("kind", out var named) || error.TryGetProperty("code", out named)
                ? named.GetString()
                : null;
            var remedy = response.StatusCode != HttpStatusCode.Unauthorized ? ""
                : _http.DefaultRequestHeaders.Authorization is null
                    ? " None was given: TENSOR_WASM_TOKEN or --token-file gives one."
                    : " The one given, by TENSOR_WASM_TOKEN or --token-file, is not.";
            return new CliException(
                $"{kind} ({status}): {error.GetProperty("message").GetString()}{remedy}",
                response.StatusCode == HttpStatusCode.MethodNotAllowed ? ExitCodes.NotOffered : ExitCodes.Failure);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new CliException($"{_server} answered {status} and no reason.");
        }
    }
}
