using System.Globalization;

namespace TensorWasm.Server;

/// <summary>Reads what list routes take in their query.</summary>
internal static class Paging
{
    internal const int DefaultLimit = 100;
    internal const int MaxLimit = 1_000;

    internal static readonly ParameterDescription Limit = new(
        "query", "limit", "integer", $"At most so many: 1 to {MaxLimit}, {DefaultLimit} by default.");

    /// <summary>How many to list; more than the most is the most.</summary>
    /// <exception cref="RefusalException">It is no number of at least 1.</exception>
    internal static int LimitOf(GatewayRequest request) =>
        (int)Math.Min(Whole(request, "limit", 1) ?? DefaultLimit, MaxLimit);

    /// <summary>A whole number of the query; null if it is not there.</summary>
    /// <exception cref="RefusalException">It is no whole number of at least <paramref name="least"/>.</exception>
    internal static long? Whole(GatewayRequest request, string name, long least)
    {
        if (request.Http.Request.Query[name] is not { Count: > 0 } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least
            ? value
            : throw JsonFields.Wrong(name, FormattableString.Invariant($"a whole number of at least {least}"));
    }

    /// <summary>An id of the query; null if it is not there.</summary>
    /// <exception cref="RefusalException">It is no id.</exception>
    internal static Guid? Id(GatewayRequest request, string name)
    {
        if (request.Http.Request.Query[name] is not { Count: > 0 } text) return null;
        return Guid.TryParse(text, out var id) ? id : throw JsonFields.Wrong(name, "an id");
    }
}
