namespace TensorWasm.Fuzz;

/// <summary>A module to run on both engines.</summary>
/// <param name="Name">Where it came from, so that it can be made again.</param>
/// <param name="Bytes">The binary.</param>
/// <param name="Calls">What to call, in order: an export's name, then its arguments such as <c>i:5</c>.</param>
/// <param name="Parts">How many parts a minimiser may leave out.</param>
/// <param name="ComparesMemory">Whether memories must be equal: not where NaNs of any payload may be stored.</param>
internal sealed record GeneratedModule(
    string Name, byte[] Bytes, IReadOnlyList<string> Calls, int Parts, bool ComparesMemory);
