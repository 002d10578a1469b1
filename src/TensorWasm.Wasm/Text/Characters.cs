namespace TensorWasm.Wasm.Text;

/// <summary>Classes of characters (sections 6.3.1 and 6.3.5).</summary>
internal static class Characters
{
    private const byte Name = 1;
    private const byte Reserved = 2;

    private static readonly byte[] Classes = Build();

    /// <summary>Whether words are made of this character.</summary>
    public static bool IsName(byte unit) => (Classes[unit] & Name) != 0;

    /// <summary>Whether this is a character of words, or one that is kept for later use.</summary>
    public static bool IsReserved(byte unit) => Classes[unit] != 0;

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    public static int HexValue(byte unit) => unit switch
    {
        >= (byte)'0' and <= (byte)'9' => unit - '0',
        >= (byte)'a' and <= (byte)'f' => unit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => unit - 'A' + 10,
        _ => -1,
    };

    private static byte[] Build()
    {
        var classes = new byte[256];
        for (var unit = 0; unit < 128; unit++)
        {
            if (char.IsAsciiLetterOrDigit((char)unit)) classes[unit] = Name;
        }
        foreach (var unit in "_!#$%&'*+-./:<=>?@\\^`|~"u8) classes[unit] = Name;
        foreach (var unit in ",;[]{}"u8) classes[unit] = Reserved;
        return classes;
    }
}
