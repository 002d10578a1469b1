namespace TensorWasm.Wasi;

/// <summary>Advice about access patterns (typenames.witx, <c>$advice</c>).</summary>
internal enum Advice : byte
{
    Normal = 0,
    Sequential = 1,
    Random = 2,
    WillNeed = 3,
    DontNeed = 4,
    NoReuse = 5,
}
