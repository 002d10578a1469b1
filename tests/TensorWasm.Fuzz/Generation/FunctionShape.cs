namespace TensorWasm.Fuzz;

/// <summary>
/// A function's type. Letters stand for types, as in the opcode table: i = i32, l = i64, f = f32, d = f64, v = v128, and
/// r = funcref.
/// </summary>
internal sealed record FunctionShape(string Parameters, string Results, int TypeIndex);
