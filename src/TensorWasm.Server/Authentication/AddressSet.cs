using System.Net;

namespace TensorWasm.Server;

/// <summary>A set of networks, such as the proxies whose word is taken.</summary>
internal sealed class AddressSet
{
    private readonly IPNetwork[] _networks;

    private AddressSet(IPNetwork[] networks) => _networks = networks;

    internal static AddressSet None { get; } = new([]);

    internal bool Contains(IPAddress? address)
    {
        if (address is null || _networks.Length == 0) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return Array.Exists(_networks, network => network.Contains(address));
    }

    /// <summary>Reads addresses and CIDR networks with commas between.</summary>
    /// <exception cref="FormatException">One is neither.</exception>
    internal static AddressSet Parse(string text) => new(
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseOne)]);

    private static IPNetwork ParseOne(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        if (IPAddress.TryParse(text, out var address))
        {
            return new(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128);
        }
        throw new FormatException($"'{text}' is neither an address nor a network such as 10.0.0.0/8");
    }
}
