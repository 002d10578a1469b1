using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace TensorWasm.Server.Tests;

internal sealed record Reply(
    HttpStatusCode Status, byte[] Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    internal string Text => Encoding.UTF8.GetString(Body);

    internal JsonElement Json => JsonDocument.Parse(Body).RootElement;

    internal string Kind => Json.GetProperty("error").GetProperty("kind").GetString()!;

    internal string? Header(string name) => Headers.TryGetValues(name, out var values) ? values.Single() : null;

    internal void Refused(int status, string kind)
    {
        Assert.True((int)Status == status, $"{(int)Status}: {Text}");
        Assert.Equal(kind, Kind);
        Assert.NotEmpty(Json.GetProperty("error").GetProperty("message").GetString()!);
    }
}
