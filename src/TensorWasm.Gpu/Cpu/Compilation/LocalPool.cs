using System.Reflection.Emit;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Locals of a method that are used again when free: RyuJIT tracks a limited number.</summary>
internal sealed class LocalPool(ILGenerator il)
{
    private readonly Dictionary<Type, Stack<LocalBuilder>> _free = [];

    internal LocalBuilder Rent(Type type) =>
        _free.TryGetValue(type, out Stack<LocalBuilder>? free) && free.TryPop(out LocalBuilder? local)
            ? local
            : il.DeclareLocal(type);

    internal void Return(LocalBuilder local)
    {
        if (!_free.TryGetValue(local.LocalType, out Stack<LocalBuilder>? free))
        {
            _free.Add(local.LocalType, free = []);
        }

        free.Push(local);
    }
}
