using System.Text;

namespace TensorWasm.Host.Tests;

/// <summary>Reads a WIT file that has one package and one interface.</summary>
public sealed class WitParser
{
    private readonly List<(string Text, string Documentation)> _tokens = [];
    private int _next;

    private WitParser(string text)
    {
        var documentation = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            var rest = line.Trim();
            if (rest.StartsWith("///", StringComparison.Ordinal))
            {
                documentation.Add(rest[3..].Trim());
                continue;
            }
            while (rest.Length > 0)
            {
                var length = rest.StartsWith("->", StringComparison.Ordinal) ? 2
                    : IsWord(rest[0]) ? rest.TakeWhile(IsWord).Count()
                    : 1;
                _tokens.Add((rest[..length], Paragraphs(documentation)));
                documentation.Clear();
                rest = rest[length..].TrimStart();
            }
        }
    }

    public static WitInterface Parse(string text) => new WitParser(text).ParseFile();

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '%';

    private static string Paragraphs(List<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(line.Length == 0 ? "\n\n" : text.Length == 0 || text[^1] == '\n' ? line : " " + line);
        }
        return text.ToString();
    }

    private WitInterface ParseFile()
    {
        var packageDocumentation = _tokens[_next].Documentation;
        Expect("package");
        var package = new StringBuilder();
        while (Peek() != ";")
        {
            package.Append(Take());
        }
        Expect(";");
        var documentation = _tokens[_next].Documentation;
        Expect("interface");
        var name = Take();
        Expect("{");
        List<WitCase> aliases = [];
        List<WitChoice> choices = [];
        List<WitFunction> functions = [];
        while (Peek() != "}")
        {
            var about = _tokens[_next].Documentation;
            switch (Take())
            {
                case "type":
                    var alias = Take();
                    Expect("=");
                    aliases.Add(new WitCase(alias, about, Take()));
                    Expect(";");
                    break;
                case "enum":
                    choices.Add(ParseChoice(false, about));
                    break;
                case "flags":
                    choices.Add(ParseChoice(true, about));
                    break;
                case var function:
                    functions.Add(ParseFunction(function, about));
                    break;
            }
        }
        Expect("}");
        return new WitInterface
        {
            Package = package.ToString(),
            PackageDocumentation = packageDocumentation,
            Name = name,
            Documentation = documentation,
            Aliases = aliases,
            Choices = choices,
            Functions = functions,
        };
    }

    private WitChoice ParseChoice(bool isFlags, string documentation)
    {
        var name = Take();
        List<WitCase> cases = [];
        Expect("{");
        while (Peek() != "}")
        {
            var about = _tokens[_next].Documentation;
            cases.Add(new WitCase(Take(), about));
            if (Peek() == ",")
            {
                Take();
            }
        }
        Expect("}");
        return new WitChoice(name, isFlags, cases, documentation);
    }

    private WitFunction ParseFunction(string name, string documentation)
    {
        Expect(":");
        Expect("func");
        Expect("(");
        List<(string, string)> parameters = [];
        while (Peek() != ")")
        {
            var parameter = Take().TrimStart('%');
            Expect(":");
            parameters.Add((parameter, Take()));
            if (Peek() == ",")
            {
                Take();
            }
        }
        Expect(")");
        string? result = null;
        if (Peek() == "->")
        {
            Take();
            result = Take();
        }
        Expect(";");
        return new WitFunction(name, parameters, result, documentation);
    }

    private string Peek() => _tokens[_next].Text;

    private string Take() => _tokens[_next++].Text;

    private void Expect(string text)
    {
        if (Take() != text)
        {
            throw new InvalidDataException($"'{text}' was expected, not '{_tokens[_next - 1].Text}'");
        }
    }
}
