using System.Text;

namespace TensorWasm.Host.Tests;

/// <summary>Writes the imports and numbers of an interface for C and C++.</summary>
internal static class HeaderWriter
{
    internal static string Write(WitFile file)
    {
        var wit = file.Wit;
        var (prefix, macro) = ($"tensorwasm_{file.Name}_", $"TENSORWASM_{file.Name.ToUpperInvariant()}_");
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append('\n');

        Line($"// {wit.ModuleName}. Made from tensorwasm-{file.Name}.wit, which says what the functions do.");
        Line($"#ifndef {macro}H");
        Line($"#define {macro}H");
        Line();
        Line("#include <stdint.h>");
        Line();
        Line("#ifdef __cplusplus");
        Line("extern \"C\" {");
        Line("#endif");
        foreach (var choice in wit.Choices)
        {
            Line();
            Line($"// {choice.Name}");
            for (var i = 0; i < choice.Cases.Count; i++)
            {
                var value = ReferenceWriter.NumberOf(choice, i);
                var name = $"{macro}{choice.Name}_{choice.Cases[i].Name}".Replace('-', '_').ToUpperInvariant();
                Line($"#define {name} {(choice.IsFlags ? $"(1u << {value})" : value < 0 ? $"({value})" : $"{value}")}");
            }
        }
        Line();
        Line($"#define {macro}IMPORT(name) \\");
        Line($"    __attribute__((import_module(\"{wit.ModuleName}\"), import_name(name)))");
        foreach (var function in wit.Functions)
        {
            var parameters = string.Join(", ", function.Parameters.Select(p => $"{TypeOf(wit, p)} {Name(p.Name)}"));
            Line();
            Line($"{macro}IMPORT(\"{function.Name}\")");
            var start = $"{Result(function.Result!)} {prefix}{Name(function.Name)}(";
            var line = $"{start}{(parameters.Length > 0 ? parameters : "void")});";
            if (line.Length <= 120)
            {
                Line(line);
            }
            else
            {
                Line(start);
                Line($"    {parameters});");
            }
        }
        Line();
        Line("#ifdef __cplusplus");
        Line("}");
        Line("#endif");
        Line();
        Line("#endif");
        return text.ToString();
    }

    private static string TypeOf(WitInterface wit, (string Name, string Type) parameter) => parameter switch
    {
        { Type: "address", Name: "destination" } => "void *",
        { Type: "address" } => "const void *",
        _ => wit.Flatten(parameter.Type) switch { "i64" => "uint64_t", "f64" => "double", _ => "uint32_t" },
    };

    private static string Result(string type) => type == "s64" ? "int64_t" : "int32_t";

    private static string Name(string name) => name.Replace('-', '_');
}
