namespace TensorWasm.Server;

/// <summary>The certificate that the client showed, to Kestrel itself or to a trusted proxy before it.</summary>
internal static class ClientCertificate
{
    private const string ForwardedHeader = "X-Forwarded-Client-Cert";
    private const int MaxSubjectChars = 256;

    /// <summary>The certificate's subject; null without one. A forwarded one counts only from <paramref name="proxies"/>.
    /// </summary>
    internal static string? Subject(HttpContext context, AddressSet proxies)
    {
        if (context.Connection.ClientCertificate is { } shown) return Cut(shown.Subject);
        var headers = context.Request.Headers;
        if (!headers.TryGetValue(ForwardedHeader, out var forwarded)) return null;
        return proxies.Contains(context.Connection.RemoteIpAddress) ? Cut(SubjectOf(forwarded.ToString())) : null;
    }

    /// <summary>
    /// The Subject of the last element: the one that the nearest proxy appended. Elements are separated by commas, their
    /// keys by semicolons; quoted values may hold both, with backslashes before quotes.
    /// </summary>
    internal static string? SubjectOf(string header)
    {
        string? subject = null;
        var position = 0;
        while (position < header.Length)
        {
            var end = header.AsSpan(position).IndexOfAny('=', ',', ';');
            if (end < 0) break;
            var key = header.AsSpan(position, end).Trim();
            position += end + 1;
            if (header[position - 1] == ',') subject = null;
            if (header[position - 1] != '=') continue;
            var value = Value(header, ref position);
            if (key.Equals("Subject", StringComparison.OrdinalIgnoreCase)) subject = value;
            if (position < header.Length && header[position++] == ',' && position < header.Length) subject = null;
        }
        return string.IsNullOrEmpty(subject) ? null : subject;
    }

    private static string Value(string header, ref int position)
    {
        if (position >= header.Length || header[position] != '"')
        {
            var length = header.AsSpan(position).IndexOfAny(',', ';');
            if (length < 0) length = header.Length - position;
            position += length;
            return header.Substring(position - length, length).Trim();
        }
        var text = new System.Text.StringBuilder();
        for (position++; position < header.Length && header[position] != '"'; position++)
        {
            if (header[position] == '\\' && position + 1 < header.Length) position++;
            text.Append(header[position]);
        }
        position++;
        return text.ToString();
    }

    private static string? Cut(string? subject) =>
        subject is { Length: > MaxSubjectChars } ? subject[..MaxSubjectChars] : subject;
}
