using System.Buffers.Text;
using System.Security.Cryptography;

namespace TensorWasm.Server;

/// <summary>
/// The form of the tokens that the gateway makes: <c>tw_SECRET</c>, 256 random bits in base64url. The prefix lets secret
/// scanners find leaked ones.
/// </summary>
internal static class TokenText
{
    internal static string Create() => "tw_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
