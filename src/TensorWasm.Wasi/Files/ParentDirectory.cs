namespace TensorWasm.Wasi;

/// <summary>
/// The directory that holds a path's last component, open, and that component's name. The host's calls with this
/// pair look the name up in this very directory, whatever happens to the path meanwhile.
/// </summary>
internal ref struct ParentDirectory : IDisposable
{
    private bool _owned;

    public ParentDirectory(int number, bool owned, ReadOnlySpan<byte> name)
    {
        Number = number;
        _owned = owned;
        Name = name;
    }

    /// <summary>The directory's descriptor.</summary>
    public int Number { get; }

    /// <summary>The name, NUL-terminated.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>
    /// The name ends in a slash, or is a dot: looking it up would follow a symbolic link, or leave the directory.
    /// </summary>
    public readonly bool IsIndirect => Name[^2] == '/' || Name.SequenceEqual(".\0"u8) || Name.SequenceEqual("..\0"u8);

    public void Dispose()
    {
        if (_owned)
            Posix.Close(Number);
        _owned = false;
    }
}
