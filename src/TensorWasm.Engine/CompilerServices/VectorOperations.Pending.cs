// Delete this file when the vector operations land.
namespace TensorWasm.Engine.CompilerServices;

/// <summary>Vector instructions. For compiled code only.</summary>
public static partial class VectorOperations
{
}
