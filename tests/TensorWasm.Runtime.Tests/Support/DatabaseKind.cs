namespace TensorWasm.Runtime.Tests;

/// <summary>The databases that state may lie in.</summary>
public enum DatabaseKind
{
    Sqlite,
    Postgres,
}
