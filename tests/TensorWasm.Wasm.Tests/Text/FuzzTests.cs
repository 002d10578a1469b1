using System.Text;
using System.Text.RegularExpressions;

namespace TensorWasm.Wasm.Tests.Text;

/// <summary>
/// Mutates the specification's scripts; whatever comes out, only format errors may escape. The environment variables
/// TENSORWASM_FUZZ_SEED and TENSORWASM_FUZZ_ROUNDS make longer runs.
/// </summary>
public sealed partial class FuzzTests
{

    private static readonly string[] Words =
    [
        "(", ")", "(;", ";)", ";;", "\"", "\\", "$", "$\"x\"",
        "(@custom \"a\" (after first) \"b\")", "(@name \"n\")", "(@", "nan:0x1",
        "0x", "1e400", "-", "_", "18446744073709551616", "(type 4294967295)", "(param $x i32)", "(result", "(ref null",
        "end", "else", "(then", "(import \"\" \"\" (func))", "(rec", "(sub final",
        "offset=99999999999999999999", "align=3",
        "i8x16.shuffle", "v128.const i8x16", "\u00e4", "\u2028", "(local i64)", "(module", "br_table 0", "i64",
        "(elem func",
    ];

    [Fact]
    public void Only_format_errors_escape()
    {
        var corpus = Corpus();
        var random = new Random(Setting("TENSORWASM_FUZZ_SEED", 1));
        var rounds = Setting("TENSORWASM_FUZZ_ROUNDS", 6_000);
        var parsed = 0;
        for (var round = 0; round < rounds; round++)
        {
            var text = Mutate(corpus[random.Next(corpus.Count)], corpus, random);
            try
            {
                if (Exercise(text)) parsed++;
            }
            catch (Exception error) when (error is not WasmFormatException)
            {
                Assert.Fail($"round {round}: {error}\n{Convert.ToBase64String(text)}");
            }
        }
        Assert.True(parsed > rounds / 20, $"only {parsed} of the texts were modules");
    }

    /// <summary>Parses as a module and as a script; what parses must also print, and parse again to the same.</summary>
    /// <returns>Whether it was a module.</returns>
    private static bool Exercise(byte[] text)
    {
        var module = TryParse(text);
        // A binary module may hold integers in more bytes than they need, and malformed bodies.
        if (module is not null && text.AsSpan().IndexOf("binary"u8) < 0)
        {
            var printed = WatPrinter.Print(module);
            Assert.Equal(ModuleDump.Of(module), ModuleDump.Of(WatParser.Parse(printed)));
        }
        try
        {
            foreach (var command in WastScript.Parse(text).Commands)
            {
                if (command is not ModuleCommand { Module.Kind: not ScriptModuleKind.Binary } inner) continue;
                try
                {
                    inner.Module.Load();
                }
                catch (WasmFormatException)
                {
                    // Another command may parse.
                }
            }
        }
        catch (WasmFormatException error)
        {
            Assert.True(error.Line > 0 && error.Column > 0, error.Message);
        }
        return module is not null;
    }

    private static WasmModule? TryParse(byte[] text)
    {
        try
        {
            return WatParser.Parse(text);
        }
        catch (WasmFormatException error)
        {
            Assert.True(error.Offset >= 0 || (error.Line > 0 && error.Column > 0), error.Message);
            return null;
        }
    }

    private static byte[] Mutate(byte[] original, List<byte[]> corpus, Random random)
    {
        if (random.Next(2) == 0) return ExchangeWords(original, random);
        var text = new List<byte>(original);
        for (var edits = random.Next(1, 5); edits > 0; edits--)
        {
            var at = random.Next(text.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < text.Count:
                    text[at] = (byte)random.Next(256);
                    break;
                case 1:
                    text.RemoveRange(at, Math.Min(random.Next(1, 20), text.Count - at));
                    break;
                case 2:
                    text.RemoveRange(at, text.Count - at);
                    break;
                case 3:
                    var other = corpus[random.Next(corpus.Count)];
                    var start = random.Next(other.Length);
                    var length = Math.Min(random.Next(1, 60), other.Length - start);
                    text.InsertRange(at, other.AsSpan(start, length).ToArray());
                    break;
                case 4 when at < text.Count:
                    text.InsertRange(at, text.GetRange(at, Math.Min(random.Next(1, 40), text.Count - at)));
                    break;
                default:
                    text.InsertRange(at, Encoding.UTF8.GetBytes($" {Words[random.Next(Words.Length)]} "));
                    break;
            }
        }
        return [.. text];
    }

    /// <summary>Puts words of the text in the place of others, which leaves its form whole.</summary>
    private static byte[] ExchangeWords(byte[] original, Random random)
    {
        var text = Encoding.UTF8.GetString(original);
        var words = Word().Matches(text);
        if (words.Count == 0) return original;
        var edits = Enumerable.Range(0, random.Next(1, 3)).Select(_ => random.Next(words.Count)).Distinct()
            .ToDictionary(at => at, _ => words[random.Next(words.Count)].Value);
        var position = -1;
        return Encoding.UTF8.GetBytes(Word().Replace(text, match => edits.GetValueOrDefault(++position, match.Value)));
    }

    [GeneratedRegex("""[^\s()";]+""")]
    private static partial Regex Word();

    /// <summary>The top-level forms of every script that are not too long.</summary>
    private static List<byte[]> Corpus()
    {
        var forms = new List<byte[]>();
        foreach (var file in SpecCorpus.Files("core"))
        {
            var text = SpecCorpus.Read(file);
            var start = -1;
            for (var i = 0; i + 1 < text.Length; i++)
            {
                if (text[i] != '\n' || text[i + 1] != '(') continue;
                if (start >= 0 && IsUseful(text.AsSpan(start, i - start), forms.Count)) forms.Add(text[start..i]);
                start = i + 1;
            }
        }
        return forms;
    }

    /// <summary>Mostly modules; assertions, of which there are far more, look much the same.</summary>
    private static bool IsUseful(ReadOnlySpan<byte> form, int count) =>
        form.Length < 6000 && (form.StartsWith("(module\n"u8) || form.StartsWith("(module "u8) || count % 4 == 3);

    private static int Setting(string variable, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var value) ? value : standard;
}
