using System.Buffers;
using System.Text;
using TensorWasm.Ptx.Diagnostics;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx;

/// <summary>The result of parsing PTX text: a tree, or the reasons why there is none.</summary>
public sealed class PtxModule
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private PtxModule(ModuleSyntax? syntax, IReadOnlyList<PtxDiagnostic> diagnostics)
    {
        Syntax = syntax;
        Diagnostics = diagnostics;
    }

    /// <summary>The tree, or null when the text has errors.</summary>
    public ModuleSyntax? Syntax { get; }

    /// <summary>Why the text was refused; empty when <see cref="Syntax"/> is there.</summary>
    public IReadOnlyList<PtxDiagnostic> Diagnostics { get; }

    /// <summary>Parses PTX bytes, which must be UTF-8 (PTX ISA 4.1). A trailing NUL, as C strings have, is accepted.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="limits">What the text may cost; the default limits when null.</param>
    /// <returns>The tree or diagnostics; never throws for bad text.</returns>
    public static PtxModule Parse(ReadOnlySpan<byte> utf8, PtxLimits? limits = null)
    {
        limits ??= PtxLimits.Default;
        if (utf8.Length > limits.MaxBytes)
        {
            return TooLong(limits);
        }

        utf8 = utf8.TrimEnd((byte)0);
        char[] text = ArrayPool<char>.Shared.Rent(utf8.Length);
        try
        {
            return Parse(text.AsSpan(0, StrictUtf8.GetChars(utf8, text)), limits);
        }
        catch (DecoderFallbackException)
        {
            return Failed(PtxDiagnosticId.InvalidCharacter, InvalidUtf8Position(utf8), "the text is not valid UTF-8");
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }
    }

    /// <summary>Parses PTX text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="limits">What the text may cost; the default limits when null.</param>
    /// <returns>The tree or diagnostics; never throws for bad text.</returns>
    public static PtxModule Parse(string text, PtxLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        limits ??= PtxLimits.Default;
        return text.Length > limits.MaxBytes ? TooLong(limits) : Parse(text.AsSpan(), limits);
    }

    private static PtxModule Parse(ReadOnlySpan<char> text, PtxLimits limits)
    {
        var diagnostics = new DiagnosticBag(limits.MaxDiagnostics);
        ModuleSyntax? syntax = new Parser(text, limits, diagnostics).ParseModule();
        return new PtxModule(diagnostics.HasErrors ? null : syntax, diagnostics.Items);
    }

    private static PtxModule TooLong(PtxLimits limits) =>
        Failed(PtxDiagnosticId.Limit, new SourcePosition(1, 1), $"the text is longer than {limits.MaxBytes} bytes");

    private static PtxModule Failed(PtxDiagnosticId id, SourcePosition position, string reason) =>
        new(null, [new PtxDiagnostic(id, position, "", reason)]);

    private static SourcePosition InvalidUtf8Position(ReadOnlySpan<byte> utf8)
    {
        int at = 0;
        while (at < utf8.Length
            && Rune.DecodeFromUtf8(utf8[at..], out _, out int consumed) == OperationStatus.Done)
        {
            at += consumed;
        }

        ReadOnlySpan<byte> before = utf8[..at];
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new SourcePosition(before.Count((byte)'\n') + 1, at - lineStart + 1);
    }
}
