using System.Text;

namespace TensorWasm.Host.Tests;

/// <summary>Writes tensorwasm-gpu.h: the imports and numbers for C and C++.</summary>
public static class HeaderWriter
{
    private const string Prefix = "tensorwasm_gpu_";

    public static string Write(WitInterface wit)
    {
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append('\n');

        Line($"// {wit.ModuleName}. Made from tensorwasm-gpu.wit, which says what the functions do.");
        Line("#ifndef TENSORWASM_GPU_H");
        Line("#define TENSORWASM_GPU_H");
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
                var name = $"TENSORWASM_GPU_{choice.Name}_{choice.Cases[i].Name}".Replace('-', '_').ToUpperInvariant();
                Line($"#define {name} {(choice.IsFlags ? $"(1u << {value})" : value < 0 ? $"({value})" : $"{value}")}");
            }
        }
        Line();
        Line("#define TENSORWASM_GPU_IMPORT(name) \\");
        Line($"    __attribute__((import_module(\"{wit.ModuleName}\"), import_name(name)))");
        foreach (var function in wit.Functions)
        {
            var parameters = string.Join(", ", function.Parameters.Select(p => $"{TypeOf(wit, p)} {Name(p.Name)}"));
            Line();
            Line($"TENSORWASM_GPU_IMPORT(\"{function.Name}\")");
            var start = $"{Result(function.Result!)} {Prefix}{Name(function.Name)}(";
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
        _ => wit.Flatten(parameter.Type) == "i64" ? "uint64_t" : "uint32_t",
    };

    private static string Result(string type) => type == "s64" ? "int64_t" : "int32_t";

    private static string Name(string name) => name.Replace('-', '_');
}
