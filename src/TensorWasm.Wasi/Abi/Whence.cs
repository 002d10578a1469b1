namespace TensorWasm.Wasi;

/// <summary>Where fd_seek counts from, with preview 1's numbers (typenames.witx, <c>$whence</c>).</summary>
internal enum Whence : byte
{
    Set = 0,
    Current = 1,
    End = 2,
}
