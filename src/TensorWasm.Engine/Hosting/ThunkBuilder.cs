using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace TensorWasm.Engine;

/// <summary>Makes small collectible assemblies with one static class: the bridges between host and guest code.</summary>
internal sealed class ThunkBuilder
{
    private readonly TypeBuilder _type;

    internal ThunkBuilder(string name)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(
            new AssemblyName("wasm-thunk:" + name), AssemblyBuilderAccess.RunAndCollect);
        _type = assembly.DefineDynamicModule("thunk").DefineType(
            "Thunk", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
    }

    internal ILGenerator Define(string name, Type result, Type[] parameters) =>
        _type.DefineMethod(name, MethodAttributes.Public | MethodAttributes.Static, result, parameters).GetILGenerator();

    internal Type Build() => _type.CreateType();

    /// <summary>Where a method's code begins. The caller keeps the type alive as long as it uses the pointer.</summary>
    internal static nint PointerTo(Type type, string method)
    {
        var handle = type.GetMethod(method)!.MethodHandle;
        RuntimeHelpers.PrepareMethod(handle);
        return handle.GetFunctionPointer();
    }
}
