using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>A function in a route: its id, and behind an @ an alias or a version's number.</summary>
internal static class FunctionPath
{
    internal static bool TryRead(GatewayRequest request, out FunctionReference function)
    {
        var text = request.RouteValue("id");
        var at = text.IndexOf('@', StringComparison.Ordinal);
        function = default;
        if (!Guid.TryParse(at < 0 ? text : text.AsSpan(0, at), out var id)) return false;
        function = new(id, at < 0 ? null : text[(at + 1)..]);
        request.About("function_id", id.ToString());
        return true;
    }
}
