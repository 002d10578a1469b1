using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.ExceptionServices;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// Makes an assembly of a validated module: a class with a static method for each function, and a class derived from
/// <see cref="InstanceContext"/> with what the functions work on.
/// </summary>
internal sealed class ModuleCompiler
{
    /// <summary>
    /// The class of the functions; further ones have a number behind the name. Their methods, taken together, are first the
    /// defined functions, in order, then copies, the bodies of those with large frames, and outlined parts.
    /// </summary>
    internal const string CodeTypeName = "Code";

    /// <summary>Methods of a class: the runtime allows 65,535.</summary>
    private const int MaxMethodsOfAClass = 50_000;

    /// <summary>The class of the instance context.</summary>
    internal const string ContextTypeName = "Context";

    /// <summary>
    /// A frame above this size is checked before it is entered, since it could reach past the reserve below the limit.
    /// </summary>
    internal const int LargeFrame = 32 * 1024;

    /// <summary>Bytes of CIL up to which a function is worth inlining wherever it is called.</summary>
    private const int SmallBody = 64;

    /// <summary>Bytes of CIL up to which a function is worth inlining where only one instruction calls it.</summary>
    private const int SingleCallBody = 256;

    private readonly WasmModule _module;
    private readonly CompilerOptions _options;
    private readonly MetadataBuilder _metadata = new();
    private readonly MethodBodyStreamEncoder _bodies = new(new BlobBuilder());
    private readonly References _references;
    private readonly ModuleLayout _layout;

    private ModuleCompiler(WasmModule module, CompilerOptions options)
    {
        _module = module;
        _options = options;
        _references = new References(_metadata);
        _layout = new ModuleLayout(module);
    }

    /// <summary>How many classes the functions need, if each has copies, a large frame and as many parts as it may.</summary>
    private int CodeTypes => (((2 + RecursionUnroller.Copies) * _module.Bodies.Count) + MaxParts) / MaxMethodsOfAClass + 1;

    private int MaxParts => _options.Limits is { } limits
        ? _module.Bodies.Sum(body => OutlinePlanner.MaxParts(body.Code.Length, limits))
        : 0;

    /// <summary>Compiles a validated module.</summary>
    internal static CompiledAssembly Compile(WasmModule module, CompilerOptions options) =>
        new ModuleCompiler(module, options).Compile();

    private CompiledAssembly Compile()
    {
        DefineAssembly();
        _layout.Methods = [.. Enumerable.Range(1, _module.Bodies.Count).Select(i => (EntityToken)(EntityHandle)MetadataTokens.MethodDefinitionHandle(i))];
        _layout.ContextType = MetadataTokens.TypeDefinitionHandle(2 + CodeTypes);
        DefineContextFields();

        var bodies = CompileBodies();
        var copies = _layout.Recursion.Functions.Count * RecursionUnroller.Copies;
        var inner = new List<(int Function, CompiledBody Body)>();
        LinkParts(bodies, bodies.Length + copies + bodies.Count(body => body.FrameEstimate > LargeFrame) + 1);
        var exported = _module.Exports.Where(export => export.Kind == ExternalKind.Function).Select(export => export.Index).ToHashSet();
        for (var i = 0; i < bodies.Length; i++)
        {
            var isLarge = bodies[i].FrameEstimate > LargeFrame;
            if (isLarge) inner.Add((i, bodies[i]));
            var body = isLarge ? CheckedEntry(i, bodies[i], bodies.Length + copies + inner.Count) : bodies[i];

            // Not exported ones: .NET leaves methods with this attribute out of Exception.StackTrace.
            var isInlined = IsWorthInlining(i, body) && !exported.Contains(i + _module.ImportedFunctions);
            AddFunction(i, body, NameOf(i), isInlined ? MethodImplAttributes.AggressiveInlining : default);
        }
        AddCopies();
        foreach (var (function, body) in inner) AddFunction(function, body, NameOf(function), MethodImplAttributes.NoInlining);
        for (var i = 0; i < bodies.Length; i++)
        {
            for (var part = 0; part < bodies[i].Outlined.Count; part++) AddPart(bodies[i].Outlined[part], $"{NameOf(i)}.{part}");
        }

        var firstContextMethod = _metadata.GetRowCount(TableIndex.MethodDef) + 1;
        AddContextConstructor();
        AddBind();

        DefineTypes(firstContextMethod);
        return new CompiledAssembly(Serialize(), bodies.Count(body => body.ExceedsJitLimits));
    }

    private bool IsWorthInlining(int definedIndex, CompiledBody body) =>
        body.Code.Length <= SmallBody
        || body.Code.Length <= SingleCallBody
            && _layout.Survey.CallsOf(definedIndex + _module.ImportedFunctions) == 1
            && _module.Bodies[definedIndex].Code.Length <= FunctionCompiler.SmallFunction;

    private CompiledBody[] CompileBodies()
    {
        var bodies = new CompiledBody[_module.Bodies.Count];
        try
        {
            Parallel.For(0, bodies.Length, i =>
                bodies[i] = new FunctionCompiler(_layout, _references, _options, i).Compile());
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return bodies;
    }

    private string NameOf(int definedIndex)
    {
        var index = definedIndex + _module.ImportedFunctions;
        var name = _module.Names.Functions.GetValueOrDefault(index) ?? "function";
        return $"{(name.Length > 200 ? name[..200] : name)}[{index}]";
    }

    private void DefineAssembly()
    {
        _metadata.AddModule(0, _metadata.GetOrAddString("guest"), _metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        _metadata.AddAssembly(
            _metadata.GetOrAddString("wasm"), new Version(1, 0), default, default, default, AssemblyHashAlgorithm.None);
    }

    private void DefineTypes(int firstContextMethod)
    {
        _metadata.AddTypeDefinition(
            default, default, _metadata.GetOrAddString("<Module>"), default,
            MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        for (var i = 0; i < CodeTypes; i++)
        {
            _metadata.AddTypeDefinition(
                TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit,
                default, _metadata.GetOrAddString(i == 0 ? CodeTypeName : CodeTypeName + i), _references.Type(typeof(object)),
                MetadataTokens.FieldDefinitionHandle(1),
                MetadataTokens.MethodDefinitionHandle(Math.Min(1 + i * MaxMethodsOfAClass, firstContextMethod)));
        }
        _metadata.AddTypeDefinition(
            TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit,
            default, _metadata.GetOrAddString(ContextTypeName), _references.Type(typeof(InstanceContext)),
            MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(firstContextMethod));
    }

    private void DefineContextFields()
    {
        _layout.MemoryBases = Fields("m", _module.Memories.Count, typeof(nint));
        _layout.Memories = Fields("memory", _module.Memories.Count, typeof(Memory));
        _layout.Tables = Fields("table", _layout.DirectTables, typeof(Table));
        _layout.TableElements = new EntityToken[_layout.DirectTables];
        for (var i = 0; i < _layout.TableElements.Length; i++)
        {
            if (_layout.ConstantTables.Contains(i)) _layout.TableElements[i] = Field("elements" + i, typeof(Function[]));
        }
        _layout.ImportCodes = Fields("code", _layout.DirectImports, typeof(nint));
        _layout.ImportContexts = Fields("context", _layout.DirectImports, typeof(object));
        _layout.Types = Fields("type", _layout.DirectTypes, typeof(DefinedType));
        _layout.Globals = new EntityToken[_layout.DirectGlobals];
        for (var i = 0; i < _layout.Globals.Length; i++)
        {
            var type = _layout.IsShared(i) ? typeof(Global) : ClrTypes.Of(_module.Globals[i].Type);
            _layout.Globals[i] = Field("global" + i, type);
        }
    }

    private EntityToken[] Fields(string prefix, int count, Type type) =>
        [.. Enumerable.Range(0, count).Select(i => Field(prefix + i, type))];

    private EntityToken Field(string name, Type type)
    {
        var signature = new BlobBuilder();
        _references.Encode(new BlobEncoder(signature).Field().Type(), type);
        return (EntityHandle)_metadata.AddFieldDefinition(
            FieldAttributes.Public, _metadata.GetOrAddString(name), _metadata.GetOrAddBlob(signature));
    }

    private void AddCopies()
    {
        foreach (var function in _layout.Recursion.Functions)
        {
            for (var copy = 1; copy <= RecursionUnroller.Copies; copy++)
            {
                var body = new FunctionCompiler(_layout, _references, _options, function, copy).Compile();
                AddFunction(function, body, NameOf(function), MethodImplAttributes.AggressiveInlining);
            }
        }
    }

    /// <summary>Writes the tokens of outlined methods where they are called; the first has the row that is given.</summary>
    private static void LinkParts(CompiledBody[] bodies, int firstRow)
    {
        foreach (var body in bodies)
        {
            Link(body);
            foreach (var part in body.Outlined) Link(part.Body);
            firstRow += body.Outlined.Count;
        }

        void Link(CompiledBody caller)
        {
            foreach (var (position, method) in caller.PartCalls)
            {
                EntityToken token = (EntityHandle)MetadataTokens.MethodDefinitionHandle(firstRow + method);
                BinaryPrimitives.WriteInt32LittleEndian(caller.Code.AsSpan(position), token.Value);
            }
        }
    }

    /// <summary>Adds an outlined method. Its name has no index at the end: backtraces show the function that it is part of.</summary>
    private void AddPart(OutlinedMethod part, string name)
    {
        var signature = new BlobBuilder();
        new BlobEncoder(signature).MethodSignature().Parameters(
            part.Inputs.Count + 2,
            result => result.Type().Int32(),
            list =>
            {
                foreach (var input in part.Inputs) _references.Encode(list.AddParameter().Type(), input);
                list.AddParameter().Type().Type(_layout.ContextType, isValueType: false);
                _references.Encode(list.AddParameter().Type(isByRef: true), typeof(Exchange));
            });
        AddMethod(
            name,
            MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.HideBySig,
            MethodImplAttributes.IL | MethodImplAttributes.NoInlining,
            signature,
            part.Body.Code, part.Body.MaxStack, part.Body.Locals);
    }

    private void AddFunction(int definedIndex, CompiledBody body, string name, MethodImplAttributes inlining)
    {
        var signature = new BlobBuilder();
        var type = _module.FunctionTypeOf(definedIndex + _module.ImportedFunctions);
        _references.EncodeFunction(new BlobEncoder(signature).MethodSignature(), type, null, _layout.ContextType);
        AddMethod(
            name,
            MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.HideBySig,
            MethodImplAttributes.IL | inlining,
            signature,
            body.Code, body.MaxStack, body.Locals);
    }

    private void AddMethod(
        string name, MethodAttributes attributes, MethodImplAttributes implementation, BlobBuilder signature,
        ReadOnlySpan<byte> code, int maxStack, IReadOnlyList<Type> locals)
    {
        var localSignature = default(StandaloneSignatureHandle);
        if (locals.Count > 0)
        {
            var blob = new BlobBuilder();
            var encoder = new BlobEncoder(blob).LocalVariableSignature(locals.Count);
            foreach (var local in locals)
            {
                var type = local.IsByRef ? local.GetElementType()! : local;
                _references.Encode(encoder.AddVariable().Type(local.IsByRef), type);
            }
            localSignature = _metadata.AddStandaloneSignature(_metadata.GetOrAddBlob(blob));
        }

        var body = _bodies.AddMethodBody(
            code.Length, Math.Min(maxStack, ushort.MaxValue), 0, false, localSignature, MethodBodyAttributes.InitLocals);
        new BlobWriter(body.Instructions).WriteBytes(code.ToArray());
        _metadata.AddMethodDefinition(
            attributes, implementation, _metadata.GetOrAddString(name), _metadata.GetOrAddBlob(signature), body.Offset,
            MetadataTokens.ParameterHandle(1));
    }

    /// <summary>
    /// What others call in place of a function with a large frame: checks that the frame fits, then calls it.
    /// </summary>
    private CompiledBody CheckedEntry(int definedIndex, CompiledBody body, int innerRow)
    {
        var type = _module.FunctionTypeOf(definedIndex + _module.ImportedFunctions);
        var context = type.Parameters.Count;
        var il = new IlWriter();
        var fits = il.DefineLabel();
        il.Ldloca(0);
        il.Op(ILOpCode.Conv_u);
        il.LdcI4(body.FrameEstimate);
        il.Op(ILOpCode.Conv_u);

        // Not the limit plus the estimate: that overflows while an interruption is pending.
        il.Op(ILOpCode.Sub);
        il.Ldarg(context);
        il.Field(ILOpCode.Ldfld, _references.Field(Members.StackLimit));
        il.Branch(ILOpCode.Bge_un, fits);
        il.Ldarg(context);
        il.Call(_references.Method(Members.StackCheckFailed));
        il.Mark(fits);
        for (var i = 0; i <= context; i++) il.Ldarg(i);

        // In place of this frame, or tail calls of functions with large frames would use up the stack.
        il.Op(ILOpCode.Tail);
        il.Call((EntityHandle)MetadataTokens.MethodDefinitionHandle(innerRow));
        il.Op(ILOpCode.Ret);
        il.ResolveLabels();
        return new CompiledBody(il.Code.ToArray(), context + 4, [typeof(int)], 0);
    }

    private void AddContextConstructor()
    {
        var il = new IlWriter();
        il.Ldarg(0);
        il.Call(_references.Method(Members.ContextConstructor));
        il.Op(ILOpCode.Ret);
        var signature = new BlobBuilder();
        new BlobEncoder(signature).MethodSignature(isInstanceMethod: true).Parameters(0, result => result.Void(), _ => { });
        AddMethod(
            ".ctor",
            MethodAttributes.Public | MethodAttributes.HideBySig | MethodAttributes.SpecialName | MethodAttributes.RTSpecialName,
            MethodImplAttributes.IL, signature, il.Code, 8, []);
    }

    private void AddBind()
    {
        var il = new IlWriter();
        BindAll(il, _layout.MemoryBases, Members.BoundBases, ILOpCode.Ldelem_i);
        BindAll(il, _layout.Memories, Members.BoundMemories, ILOpCode.Ldelem_ref);
        BindAll(il, _layout.Tables, Members.BoundTables, ILOpCode.Ldelem_ref);
        for (var i = 0; i < _layout.TableElements.Length; i++)
        {
            if (!_layout.ConstantTables.Contains(i)) continue;
            BindOne(il, _layout.TableElements[i], i, Members.BoundTables, ILOpCode.Ldelem_ref, Members.TableFunctions);
        }
        BindAll(il, _layout.Types, Members.BoundTypes, ILOpCode.Ldelem_ref);
        BindAll(il, _layout.ImportCodes, Members.BoundFunctions, ILOpCode.Ldelem_ref, Members.FunctionCode);
        BindAll(il, _layout.ImportContexts, Members.BoundFunctions, ILOpCode.Ldelem_ref, Members.FunctionContext);
        for (var i = 0; i < _layout.Globals.Length; i++)
        {
            if (_layout.IsShared(i))
            {
                BindOne(il, _layout.Globals[i], i, Members.BoundGlobals, ILOpCode.Ldelem_ref, null);
            }
            else
            {
                il.Ldarg(0);
                il.Ldarg(1);
                il.Field(ILOpCode.Ldfld, _references.Field(Members.BoundGlobals));
                il.LdcI4(i);
                il.Op(ILOpCode.Ldelem_ref);
                il.Field(ILOpCode.Ldfld, _references.Field(Members.GlobalValue(_module.Globals[i].Type.Kind)));
                il.Field(ILOpCode.Stfld, _layout.Globals[i]);
            }
        }
        il.Op(ILOpCode.Ret);

        var signature = new BlobBuilder();
        new BlobEncoder(signature).MethodSignature(isInstanceMethod: true).Parameters(
            1,
            result => result.Void(),
            list => _references.Encode(list.AddParameter().Type(), typeof(InstanceBindings)));
        AddMethod(
            nameof(InstanceContext.Bind),
            MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig,
            MethodImplAttributes.IL, signature, il.Code, 8, []);
    }

    private void BindAll(
        IlWriter il, EntityToken[] fields, FieldInfo source, ILOpCode element, FieldInfo? member = null)
    {
        for (var i = 0; i < fields.Length; i++) BindOne(il, fields[i], i, source, element, member);
    }

    private void BindOne(
        IlWriter il, EntityToken field, int index, FieldInfo source, ILOpCode element, FieldInfo? member)
    {
        il.Ldarg(0);
        il.Ldarg(1);
        il.Field(ILOpCode.Ldfld, _references.Field(source));
        il.LdcI4(index);
        il.Op(element);
        if (member is not null) il.Field(ILOpCode.Ldfld, _references.Field(member));
        il.Field(ILOpCode.Stfld, field);
    }

    private byte[] Serialize()
    {
        var builder = new ManagedPEBuilder(
            new PEHeaderBuilder(imageCharacteristics: Characteristics.Dll | Characteristics.ExecutableImage),
            new MetadataRootBuilder(_metadata),
            _bodies.Builder,
            deterministicIdProvider: _ => default);
        var blob = new BlobBuilder();
        builder.Serialize(blob);
        return blob.ToArray();
    }
}
