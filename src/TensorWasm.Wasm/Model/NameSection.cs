namespace TensorWasm.Wasm;

/// <summary>
/// Names for humans (section 7.4.1), each kind by index. A damaged name section is no error: what could be read is here.
/// </summary>
public sealed class NameSection
{
    /// <summary>The module's name.</summary>
    public string? Module { get; set; }

    /// <summary>Function names by function index.</summary>
    public Dictionary<int, string> Functions { get; } = [];

    /// <summary>Names of parameters and locals, by function index and local index.</summary>
    public Dictionary<int, Dictionary<int, string>> Locals { get; } = [];

    /// <summary>Label names, by function index and label index.</summary>
    public Dictionary<int, Dictionary<int, string>> Labels { get; } = [];

    /// <summary>Type names by type index.</summary>
    public Dictionary<int, string> Types { get; } = [];

    /// <summary>Field names, by type index and field index.</summary>
    public Dictionary<int, Dictionary<int, string>> Fields { get; } = [];

    /// <summary>Table names by table index.</summary>
    public Dictionary<int, string> Tables { get; } = [];

    /// <summary>Memory names by memory index.</summary>
    public Dictionary<int, string> Memories { get; } = [];

    /// <summary>Global names by global index.</summary>
    public Dictionary<int, string> Globals { get; } = [];

    /// <summary>Element segment names by index.</summary>
    public Dictionary<int, string> Elements { get; } = [];

    /// <summary>Data segment names by index.</summary>
    public Dictionary<int, string> Data { get; } = [];

    /// <summary>Tag names by tag index.</summary>
    public Dictionary<int, string> Tags { get; } = [];
}
