namespace TensorWasm.Server;

/// <summary>The host names that are served: a web page of another name must not reach a server on loopback.</summary>
internal sealed class HostList(IReadOnlyList<string> names)
{
    internal bool Allows(HostString host)
    {
        if (names.Count == 0) return true;
        foreach (var name in names)
        {
            if (name.Equals(host.Host, StringComparison.OrdinalIgnoreCase)
                || name.Equals(host.Value, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }
}
