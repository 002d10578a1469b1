using System.ComponentModel;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>
/// A function (specification, section 4.2.7): of a guest, or of the host. It is also what a function reference is.
/// </summary>
public sealed class Function : IExternal
{
    /// <summary>Stands for null in tables; see <see cref="Table.Functions"/>. For compiled code only.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static readonly Function Null = new();

    /// <summary>Where its code begins. For compiled code only.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public readonly nint Code;

    /// <summary>What its code receives as the last argument, which also keeps the code loaded. For compiled code only.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public readonly object Context;

    /// <summary>Its type's identity. For compiled code only.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public readonly DefinedType DefinedType;

    private readonly object? _owner;
    private EntryThunk? _entry;

    /// <summary>A function of the instance that a context belongs to.</summary>
    internal Function(nint code, InstanceContext context, DefinedType type, Instance instance, int index)
    {
        Code = code;
        Context = context;
        DefinedType = type;
        Index = index;
        _owner = instance;
        Store = instance.Store;
    }

    /// <summary>A function of the host.</summary>
    internal Function(HostThunk thunk, object context)
    {
        Code = thunk.Code;
        Context = context;
        DefinedType = thunk.DefinedType;
        Index = -1;
        _owner = thunk;
    }

    private Function()
    {
        Context = this;
        DefinedType = null!;
    }

    /// <inheritdoc/>
    public ExternalKind Kind => ExternalKind.Function;

    /// <summary>Its parameter and result types.</summary>
    public FunctionType Type => (FunctionType)DefinedType.Composite;

    /// <summary>The guest instance that defines it; null for a function of the host.</summary>
    public Instance? Instance => _owner as Instance;

    /// <summary>Its name in the name section or among the exports; null when it has none.</summary>
    public string? Name => Instance?.Module.NameOf(Index);

    /// <summary>The store that it runs in; null for a function of the host.</summary>
    internal Store? Store { get; }

    /// <summary>The store whose guests alone may hold it; null for a function of the host that knows no instance.</summary>
    internal Store? Home => Store ?? (Context as HostBinding)?.Instance?.Store;

    /// <summary>Its index in its module; -1 for a function of the host.</summary>
    internal int Index { get; }

    private EntryThunk Entry => _entry ??= EntryThunk.For(DefinedType);

    /// <summary>Calls it.</summary>
    /// <param name="arguments">
    /// One value for each parameter: int, long, float, double, <see cref="System.Runtime.Intrinsics.Vector128{T}"/> of
    /// bytes, or a reference.
    /// </param>
    /// <returns>Null without results, the result's value, or an array of the values of several results.</returns>
    /// <exception cref="ArgumentException">The arguments don't match the parameters.</exception>
    /// <exception cref="TrapException">The guest trapped.</exception>
    public object? Invoke(params object?[] arguments)
    {
        var parameters = DefinedType.Parameters;
        if (arguments.Length != parameters.Count)
        {
            throw new ArgumentException($"the function takes {parameters.Count} arguments, not {arguments.Length}");
        }
        for (var i = 0; i < arguments.Length; i++)
        {
            Values.Check(arguments[i], parameters[i]);
            Values.CheckStore(arguments[i], Store);
        }
        return Entry.Invoke(this, arguments);
    }

    /// <summary>
    /// A delegate that calls it, without boxing or reflection. Parameters and result must be the types that the function
    /// has: int, long, float, double, Vector128&lt;byte&gt;, object, or a tuple of several results.
    /// </summary>
    /// <exception cref="ArgumentException">The delegate's signature is another.</exception>
    public TDelegate CreateDelegate<TDelegate>()
        where TDelegate : Delegate => (TDelegate)Entry.CreateDelegate(typeof(TDelegate), this);

    /// <summary>The type in the specification's notation.</summary>
    public override string ToString() => $"{Name ?? "function"}: {Type}";
}
