using System.Numerics;
using System.Security.Cryptography;

namespace TensorWasm.Server;

/// <summary>
/// Verification of Ed25519 signatures, RFC 8032 section 5.1.7. It handles public values only, so it need not take the
/// same time for all of them; signing, which does, is left to the publisher's own tools.
/// </summary>
internal static class Ed25519
{
    internal const int KeyBytes = 32;
    internal const int SignatureBytes = 64;

    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;

    private static readonly BigInteger Order =
        BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);

    private static readonly BigInteger D = Mod(-121665 * Inverse(121666));

    private static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (P - 1) / 4, P);

    private static readonly Point Base = Decode(
        Convert.FromHexString("5866666666666666666666666666666666666666666666666666666666666666"))!.Value;

    /// <summary>Whether a signature of a message is the key's owner's.</summary>
    internal static bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (key.Length != KeyBytes || signature.Length != SignatureBytes) return false;
        var s = new BigInteger(signature[32..], isUnsigned: true);
        if (s >= Order || Decode(key) is not { } a || Decode(signature[..32]) is not { } r) return false;
        var hash = SHA512.HashData([.. signature[..32], .. key, .. message]);
        var k = new BigInteger(hash, isUnsigned: true) % Order;
        return AreEqual(Multiply(Base, s), Add(r, Multiply(a, k)));
    }

    private static BigInteger Mod(BigInteger value)
    {
        var rest = value % P;
        return rest.Sign < 0 ? rest + P : rest;
    }

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Mod(value), P - 2, P);

    // Section 5.1.4, in extended coordinates.
    private static Point Add(Point p, Point q)
    {
        var a = Mod((p.Y - p.X) * (q.Y - q.X));
        var b = Mod((p.Y + p.X) * (q.Y + q.X));
        var c = Mod(2 * p.T * q.T * D);
        var d = Mod(2 * p.Z * q.Z);
        BigInteger e = b - a, f = d - c, g = d + c, h = b + a;
        return new(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private static Point Multiply(Point point, BigInteger scalar)
    {
        var result = new Point(0, 1, 1, 0);
        for (; scalar.Sign > 0; scalar >>= 1)
        {
            if (!scalar.IsEven) result = Add(result, point);
            point = Add(point, point);
        }
        return result;
    }

    private static bool AreEqual(Point p, Point q) =>
        Mod(p.X * q.Z - q.X * p.Z).IsZero && Mod(p.Y * q.Z - q.Y * p.Z).IsZero;

    // Section 5.1.3.
    private static Point? Decode(ReadOnlySpan<byte> bytes)
    {
        var y = new BigInteger(bytes, isUnsigned: true);
        var sign = !(y >> 255).IsZero;
        y &= (BigInteger.One << 255) - 1;
        if (y >= P) return null;
        BigInteger u = Mod(y * y - 1), v = Mod(D * y * y + 1);
        var x = Mod(u * BigInteger.ModPow(v, 3, P) * BigInteger.ModPow(Mod(u * BigInteger.ModPow(v, 7, P)), (P - 5) / 8, P));
        var check = Mod(v * x * x);
        if (check != u)
        {
            if (check != Mod(-u)) return null;
            x = Mod(x * RootOfMinusOne);
        }
        if (x.IsZero && sign) return null;
        if (x.IsEven == sign) x = P - x;
        return new(Mod(x), y, 1, Mod(x * y));
    }

    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);
}
