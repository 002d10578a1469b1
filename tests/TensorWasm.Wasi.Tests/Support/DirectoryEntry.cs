namespace TensorWasm.Wasi.Tests.Support;

/// <summary>An entry as a guest reads it.</summary>
internal readonly record struct DirectoryEntry(ulong Next, ulong Inode, FileType Type, string Name);
