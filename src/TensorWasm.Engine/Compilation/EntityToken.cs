using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace TensorWasm.Engine.Compilation;

/// <summary>A metadata token (ECMA-335, II.22).</summary>
internal readonly record struct EntityToken(int Value)
{
    public static implicit operator EntityToken(EntityHandle handle) => new(MetadataTokens.GetToken(handle));
}
