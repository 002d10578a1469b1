namespace TensorWasm.Wasm.Text;

/// <summary>Classes of NaNs (section 4.3.3).</summary>
public enum NanPattern : byte
{
    /// <summary>No NaN is asked for; bits are.</summary>
    None,

    /// <summary><c>nan:canonical</c>: only the highest bit of the payload is set; any sign.</summary>
    Canonical,

    /// <summary><c>nan:arithmetic</c>: the highest bit of the payload is set; any sign.</summary>
    Arithmetic,
}
