using System.Runtime.InteropServices;

namespace TensorWasm.Wasm;

/// <summary>
/// Turns type definitions into <see cref="DefinedType"/>s. A recursion group is written down as a sequence of integers in
/// which a reference to a member is the member's position and a reference out of the group is the identity of the
/// definition it names; equal sequences then mean equal types (section 3.1.3), and one look-up a group finds that out in
/// linear time.
/// </summary>
internal static class TypeCanonicalizer
{
    // A written reference: bits 0 to 7 the kind, 8 nullable, 9 mutable, 10 and 11 what the payload from bit 16 means.
    private const ulong Nullable = 1 << 8;
    private const ulong Mutable = 1 << 9;
    private const ulong Member = 1 << 10;
    private const ulong Outside = 2 << 10;
    private const int PayloadShift = 16;

    internal static CanonicalGroupTable Table { get; } = new();

    internal static DefinedType[] Define(IReadOnlyList<SubType> types, IReadOnlyList<RecursionGroup> groups)
    {
        var defined = new DefinedType[types.Count];
        var key = new List<ulong>();
        foreach (var group in groups)
        {
            if (group.Count == 0) continue;
            key.Clear();
            for (var i = group.Start; i < group.Start + group.Count; i++) Write(key, types[i], group, i, defined);
            var canonical = Table.Find(CollectionsMarshal.AsSpan(key))
                ?? Table.Add(Build([.. key], types, group, defined));
            canonical.Types.CopyTo(defined, group.Start);
        }
        return defined;
    }

    private static void Write(List<ulong> key, SubType type, RecursionGroup group, int index, DefinedType[] defined)
    {
        if (type.Supertypes.Count > 1)
        {
            throw new WasmValidationException($"sub type {index} has more than one super type");
        }
        key.Add((type.IsFinal ? 1UL : 0) | ((ulong)type.Supertypes.Count << 1));
        foreach (var supertype in type.Supertypes) key.Add(WriteIndex(supertype, group, defined));
        switch (type.Composite)
        {
            case FunctionType function:
                key.Add(0x60 | ((ulong)function.Parameters.Count << PayloadShift));
                foreach (var parameter in function.Parameters) key.Add(WriteValue(parameter, group, defined));
                key.Add((ulong)function.Results.Count);
                foreach (var result in function.Results) key.Add(WriteValue(result, group, defined));
                break;
            case StructType structure:
                key.Add(0x5F | ((ulong)structure.Fields.Count << PayloadShift));
                foreach (var field in structure.Fields) key.Add(WriteField(field, group, defined));
                break;
            case ArrayType array:
                key.Add(0x5E);
                key.Add(WriteField(array.Element, group, defined));
                break;
        }
    }

    private static ulong WriteField(FieldType field, RecursionGroup group, DefinedType[] defined) =>
        WriteValue(field.Storage, group, defined) | (field.IsMutable ? Mutable : 0);

    private static ulong WriteValue(ValueType type, RecursionGroup group, DefinedType[] defined)
    {
        var written = (ulong)type.Kind;
        if (!type.IsReference) return written;
        if (type.IsNullable) written |= Nullable;
        return type.Heap.IsIndex
            ? written | WriteIndex(type.Heap.Index, group, defined)
            : written | ((ulong)(ushort)type.Heap.Code << PayloadShift);
    }

    private static ulong WriteIndex(int index, RecursionGroup group, DefinedType[] defined)
    {
        if ((uint)index >= (uint)(group.Start + group.Count)) throw new WasmValidationException($"unknown type {index}");
        return index >= group.Start
            ? Member | ((ulong)(index - group.Start) << PayloadShift)
            : Outside | ((ulong)defined[index].Id << PayloadShift);
    }

    // Only a group of a structure that nobody uses yet comes here, and it enters the table only after these checks, so a
    // group that is found there has passed them.
    private static CanonicalGroup Build(
        ulong[] key, IReadOnlyList<SubType> types, RecursionGroup group, DefinedType[] defined)
    {
        var members = new DefinedType[group.Count];
        for (var i = 0; i < members.Length; i++)
        {
            var type = types[group.Start + i];
            DefinedType? supertype = null;
            if (type.Supertypes.Count == 1)
            {
                var index = type.Supertypes[0];
                if (index >= group.Start + i)
                {
                    throw new WasmValidationException($"sub type {group.Start + i} precedes its super type {index}");
                }
                supertype = index >= group.Start ? members[index - group.Start] : defined[index];
            }
            members[i] = new DefinedType(type.Composite, supertype, type.IsFinal);
            if (members[i].Depth > WasmLimits.MaxSubtypingDepth)
            {
                throw new WasmValidationException(
                    $"sub type {group.Start + i} has more than {WasmLimits.MaxSubtypingDepth} super types");
            }
        }
        foreach (var member in members) Resolve(member, group, members, defined);
        for (var i = 0; i < members.Length; i++) CheckSupertype(members[i], group.Start + i);
        var canonical = new CanonicalGroup(key, members);
        foreach (var member in members) member.Group = canonical;
        return canonical;
    }

    private static void Resolve(DefinedType type, RecursionGroup group, DefinedType[] members, DefinedType[] defined)
    {
        switch (type.Composite)
        {
            case FunctionType function:
                type.Parameters = ResolveAll(function.Parameters);
                type.Results = ResolveAll(function.Results);
                break;
            case StructType structure:
                var fields = new ResolvedType[structure.Fields.Count];
                for (var i = 0; i < fields.Length; i++) fields[i] = ResolveOne(structure.Fields[i].Storage);
                type.Fields = fields;
                break;
            case ArrayType array:
                type.Fields = [ResolveOne(array.Element.Storage)];
                break;
        }

        ResolvedType[] ResolveAll(IReadOnlyList<ValueType> values)
        {
            if (values.Count == 0) return [];
            var resolved = new ResolvedType[values.Count];
            for (var i = 0; i < resolved.Length; i++) resolved[i] = ResolveOne(values[i]);
            return resolved;
        }

        ResolvedType ResolveOne(ValueType value)
        {
            if (!value.IsReference || !value.Heap.IsIndex) return new ResolvedType(value, null);
            var index = value.Heap.Index;
            return ResolvedType.ToDefined(
                index >= group.Start ? members[index - group.Start] : defined[index], value.IsNullable);
        }
    }

    private static void CheckSupertype(DefinedType type, int index)
    {
        if (type.Supertype is not { } supertype) return;
        if (supertype.IsFinal) throw new WasmValidationException($"sub type {index} has a final super type");
        if (!Subtyping.MatchesComposite(type, supertype))
        {
            throw new WasmValidationException($"sub type {index} does not match its super type");
        }
    }
}
