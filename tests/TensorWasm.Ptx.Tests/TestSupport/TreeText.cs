using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Tests.TestSupport;

/// <summary>Writes a syntax tree by reflection, positions left out: an oracle that shares no code with the printer.</summary>
internal static class TreeText
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Write(text, value, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value, int depth)
    {
        switch (value)
        {
            case null:
                text.Append("null\n");
                break;
            case SyntaxNode node:
                text.Append(node.GetType().Name).Append('\n');
                foreach (PropertyInfo property in node.GetType().GetProperties()
                    .Where(p => p.Name is not ("Position" or "Mnemonic" or "Functions" or "Variables")
                        && p.GetIndexParameters().Length == 0))
                {
                    text.Append(' ', depth + 1).Append(property.Name).Append('=');
                    Write(text, property.GetValue(node), depth + 1);
                }

                break;
            case string s:
                text.Append('"').Append(s).Append("\"\n");
                break;
            case IEnumerable list:
                text.Append("[\n");
                foreach (object? element in list)
                {
                    text.Append(' ', depth + 1);
                    Write(text, element, depth + 1);
                }

                text.Append(' ', depth).Append("]\n");
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"{value}\n");
                break;
        }
    }
}
