using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>Metadata references to the types and members of the runtime and the engine that emitted code uses.</summary>
internal sealed class References(MetadataBuilder metadata)
{
    private readonly Dictionary<Assembly, AssemblyReferenceHandle> _assemblies = [];
    private readonly Dictionary<Type, EntityHandle> _types = [];
    private readonly ConcurrentDictionary<MemberInfo, EntityToken> _members = [];
    private readonly Dictionary<FunctionType, EntityToken> _callSites = [];
    private readonly Lock _lock = new();

    /// <summary>The token of a method; generic methods must be closed.</summary>
    public EntityToken Method(MethodBase method)
    {
        if (_members.TryGetValue(method, out var known)) return known;
        lock (_lock)
        {
            if (!_members.TryGetValue(method, out var token)) _members[method] = token = Import(method);
            return token;
        }
    }

    /// <summary>The token of a field.</summary>
    public EntityToken Field(FieldInfo field)
    {
        if (_members.TryGetValue(field, out var known)) return known;
        lock (_lock)
        {
            if (_members.TryGetValue(field, out var token)) return token;
            var definition = OpenField(field);
            var signature = new BlobBuilder();
            Encode(new BlobEncoder(signature).Field().Type(), definition.FieldType);
            token = (EntityHandle)metadata.AddMemberReference(
                Type(field.DeclaringType!), metadata.GetOrAddString(field.Name), metadata.GetOrAddBlob(signature));
            return _members[field] = token;
        }
    }

    /// <summary>The token of a type, as instructions and member parents name it.</summary>
    public EntityHandle Type(Type type)
    {
        lock (_lock)
        {
            if (_types.TryGetValue(type, out var handle)) return handle;
            if (type.IsGenericType && !type.IsGenericTypeDefinition || type.IsArray)
            {
                var signature = new BlobBuilder();
                Encode(new BlobEncoder(signature).TypeSpecificationSignature(), type);
                handle = metadata.AddTypeSpecification(metadata.GetOrAddBlob(signature));
            }
            else
            {
                handle = metadata.AddTypeReference(
                    type.DeclaringType is { } outer ? Type(outer) : Assembly(type.Assembly),
                    type.IsNested ? default : metadata.GetOrAddString(type.Namespace!),
                    metadata.GetOrAddString(type.Name));
            }
            return _types[type] = handle;
        }
    }

    /// <summary>The signature with which a function of <paramref name="type"/> is called through a pointer.</summary>
    public EntityToken CallSite(FunctionType type)
    {
        lock (_lock)
        {
            if (_callSites.TryGetValue(type, out var token)) return token;
            var signature = new BlobBuilder();
            EncodeFunction(new BlobEncoder(signature).MethodSignature(), type, typeof(object));
            token = (EntityHandle)metadata.AddStandaloneSignature(metadata.GetOrAddBlob(signature));
            return _callSites[type] = token;
        }
    }

    /// <summary>Encodes the signature of a compiled function: its parameters, then the context.</summary>
    public void EncodeFunction(MethodSignatureEncoder encoder, FunctionType type, Type? contextType, EntityHandle context = default) =>
        encoder.Parameters(
            type.Parameters.Count + 1,
            result =>
            {
                if (type.Results.Count == 0) result.Void();
                else Encode(result.Type(), ClrTypes.OfResults(type.Results));
            },
            list =>
            {
                foreach (var parameter in type.Parameters) Encode(list.AddParameter().Type(), ClrTypes.Of(parameter));
                if (contextType is not null) Encode(list.AddParameter().Type(), contextType);
                else list.AddParameter().Type().Type(context, isValueType: false);
            });

    /// <summary>Encodes a type in a signature.</summary>
    public void Encode(SignatureTypeEncoder encoder, Type type)
    {
        if (type.IsGenericMethodParameter) encoder.GenericMethodTypeParameter(type.GenericParameterPosition);
        else if (type.IsGenericTypeParameter) encoder.GenericTypeParameter(type.GenericParameterPosition);
        else if (type == typeof(int)) encoder.Int32();
        else if (type == typeof(uint)) encoder.UInt32();
        else if (type == typeof(long)) encoder.Int64();
        else if (type == typeof(ulong)) encoder.UInt64();
        else if (type == typeof(float)) encoder.Single();
        else if (type == typeof(double)) encoder.Double();
        else if (type == typeof(bool)) encoder.Boolean();
        else if (type == typeof(byte)) encoder.Byte();
        else if (type == typeof(sbyte)) encoder.SByte();
        else if (type == typeof(short)) encoder.Int16();
        else if (type == typeof(ushort)) encoder.UInt16();
        else if (type == typeof(nint)) encoder.IntPtr();
        else if (type == typeof(nuint)) encoder.UIntPtr();
        else if (type == typeof(object)) encoder.Object();
        else if (type == typeof(string)) encoder.String();
        else if (type.IsPointer) Encode(encoder.Pointer(), type.GetElementType()!);
        else if (type.IsSZArray) Encode(encoder.SZArray(), type.GetElementType()!);
        else if (type.IsGenericType)
        {
            var arguments = type.GetGenericArguments();
            var generic = encoder.GenericInstantiation(
                Type(type.GetGenericTypeDefinition()), arguments.Length, type.IsValueType);
            foreach (var argument in arguments) Encode(generic.AddArgument(), argument);
        }
        else encoder.Type(Type(type), type.IsValueType);
    }

    private EntityHandle Assembly(Assembly assembly)
    {
        if (!_assemblies.TryGetValue(assembly, out var handle))
        {
            var name = assembly.GetName();
            handle = metadata.AddAssemblyReference(
                metadata.GetOrAddString(name.Name!),
                name.Version!,
                default,
                name.GetPublicKeyToken() is { Length: > 0 } key ? metadata.GetOrAddBlob(key) : default,
                default,
                default);
            _assemblies[assembly] = handle;
        }
        return handle;
    }

    private EntityToken Import(MethodBase method)
    {
        if (method is MethodInfo { IsGenericMethod: true, IsGenericMethodDefinition: false } closed)
        {
            var definition = Method(closed.GetGenericMethodDefinition());
            var arguments = closed.GetGenericArguments();
            var specification = new BlobBuilder();
            var encoder = new BlobEncoder(specification).MethodSpecificationSignature(arguments.Length);
            foreach (var argument in arguments) Encode(encoder.AddArgument(), argument);
            return (EntityHandle)metadata.AddMethodSpecification(
                MetadataTokens.EntityHandle(definition.Value), metadata.GetOrAddBlob(specification));
        }

        var open = OpenMethod(method);
        var signature = new BlobBuilder();
        var parameters = open.GetParameters();
        var generics = open.IsGenericMethodDefinition ? open.GetGenericArguments().Length : 0;
        new BlobEncoder(signature)
            .MethodSignature(SignatureCallingConvention.Default, generics, !open.IsStatic)
            .Parameters(
                parameters.Length,
                result =>
                {
                    var type = open is MethodInfo info ? info.ReturnType : typeof(void);
                    if (type == typeof(void)) result.Void();
                    else Encode(result.Type(), type);
                },
                list =>
                {
                    foreach (var parameter in parameters)
                    {
                        var type = parameter.ParameterType;
                        if (type.IsByRef) Encode(list.AddParameter().Type(isByRef: true), type.GetElementType()!);
                        else Encode(list.AddParameter().Type(), type);
                    }
                });
        return (EntityHandle)metadata.AddMemberReference(
            Type(method.DeclaringType!), metadata.GetOrAddString(method.Name), metadata.GetOrAddBlob(signature));
    }

    // Members of closed generic types are referred to by the signature of the open definition.
    private static MethodBase OpenMethod(MethodBase method) =>
        method.DeclaringType is { IsGenericType: true } ? method.Module.ResolveMethod(method.MetadataToken)! : method;

    private static FieldInfo OpenField(FieldInfo field) =>
        field.DeclaringType is { IsGenericType: true } ? field.Module.ResolveField(field.MetadataToken)! : field;
}
