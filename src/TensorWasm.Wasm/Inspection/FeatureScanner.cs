namespace TensorWasm.Wasm;

/// <summary>Finds which features a module uses.</summary>
public static class FeatureScanner
{
    /// <summary>The features that a valid module uses, in declarations and code.</summary>
    /// <exception cref="WasmFormatException">A function body is malformed.</exception>
    public static WasmFeatures Scan(WasmModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var features = OfTypes(module) | OfDeclarations(module) | OfSegments(module);
        foreach (var expression in ConstantExpressions(module)) features |= OfConstant(expression);
        foreach (var body in module.Bodies)
        {
            foreach (var group in body.Locals) features |= Of(group.Type, module);
            features |= OfCode(body);
        }
        return features;
    }

    private static WasmFeatures OfTypes(WasmModule module)
    {
        var features = WasmFeatures.None;
        foreach (var type in module.Types)
        {
            if (type.Supertypes.Count > 0 || !type.IsFinal) features |= WasmFeatures.GarbageCollection;
            if (type.Composite is not FunctionType function)
            {
                features |= WasmFeatures.GarbageCollection;
                continue;
            }
            if (function.Results.Count > 1) features |= WasmFeatures.MultiValue;
            foreach (var parameter in function.Parameters) features |= Of(parameter, module);
            foreach (var result in function.Results) features |= Of(result, module);
        }
        return features;
    }

    private static WasmFeatures OfDeclarations(WasmModule module)
    {
        var features = WasmFeatures.None;
        if (module.Tags.Count > 0) features |= WasmFeatures.Exceptions;
        if (module.Memories.Count > 1) features |= WasmFeatures.MultiMemory;
        if (module.Tables.Count > 1 || module.TableInitializers.Any(initial => initial is not null))
        {
            features |= WasmFeatures.ReferenceTypes;
        }
        foreach (var memory in module.Memories)
        {
            if (memory.Limits.Is64) features |= WasmFeatures.Memory64;
            if (memory.IsShared) features |= WasmFeatures.Threads;
        }
        foreach (var table in module.Tables)
        {
            if (table.Limits.Is64) features |= WasmFeatures.Memory64;
            // Tables of function references are as old as the format; the type needs no feature there.
            if (table.Element != ValueType.FuncRef) features |= Of(table.Element, module);
        }
        for (var i = 0; i < module.Globals.Count; i++)
        {
            features |= Of(module.Globals[i].Type, module);
            if (module.Globals[i].IsMutable && i < module.ImportedGlobals) features |= WasmFeatures.MutableGlobals;
        }
        foreach (var export in module.Exports)
        {
            var isMutable = export.Kind == ExternalKind.Global && module.Globals[export.Index].IsMutable;
            if (isMutable) features |= WasmFeatures.MutableGlobals;
        }
        return features;
    }

    private static WasmFeatures OfSegments(WasmModule module)
    {
        var features = WasmFeatures.None;
        if (module.Data.Any(segment => segment.Mode == SegmentMode.Passive)) features |= WasmFeatures.BulkMemory;
        foreach (var segment in module.Elements)
        {
            if (segment.Mode == SegmentMode.Passive) features |= WasmFeatures.BulkMemory;
            if (segment.Mode == SegmentMode.Declarative) features |= WasmFeatures.ReferenceTypes;
            if (segment.Expressions is not null) features |= WasmFeatures.ReferenceTypes | Of(segment.Type, module);
        }
        return features;
    }

    private static IEnumerable<ConstantExpression> ConstantExpressions(WasmModule module)
    {
        foreach (var initializer in module.GlobalInitializers) yield return initializer;
        foreach (var initializer in module.TableInitializers)
        {
            if (initializer is { } expression) yield return expression;
        }
        foreach (var segment in module.Data)
        {
            if (segment.Mode == SegmentMode.Active) yield return segment.MemoryOffset;
        }
        foreach (var segment in module.Elements)
        {
            if (segment.Mode == SegmentMode.Active) yield return segment.TableOffset;
        }
    }

    private static WasmFeatures OfConstant(ConstantExpression expression)
    {
        var features = WasmFeatures.None;
        var reader = new CodeReader(expression.Code.Span, expression.Offset);
        while (!reader.AtEnd)
        {
            var info = InstructionSkipper.ReadOpcode(ref reader);
            InstructionSkipper.SkipImmediates(ref reader, info);
            features |= info.Opcode is Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul
                or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul
                ? WasmFeatures.ExtendedConst
                : Of(info.Opcode);
        }
        return features;
    }

    private static WasmFeatures OfCode(FunctionBody body)
    {
        var features = WasmFeatures.None;
        var reader = new CodeReader(body.Code.Span, body.Offset);
        while (!reader.AtEnd)
        {
            var info = InstructionSkipper.ReadOpcode(ref reader);
            // A block with a type index has parameters or several results, else it would name its result.
            if (info.Immediate is ImmediateKind.BlockType && reader.PeekByte() < 0x40) features |= WasmFeatures.MultiValue;
            InstructionSkipper.SkipImmediates(ref reader, info);
            features |= Of(info.Opcode);
        }
        return features;
    }

    private static WasmFeatures Of(Opcode opcode) => opcode switch
    {
        < Opcode.ReturnCall => opcode is Opcode.Throw or Opcode.ThrowRef ? WasmFeatures.Exceptions : WasmFeatures.None,
        Opcode.ReturnCall or Opcode.ReturnCallIndirect => WasmFeatures.TailCalls,
        Opcode.ReturnCallRef => WasmFeatures.TailCalls | WasmFeatures.TypedFunctionReferences,
        Opcode.CallRef or Opcode.RefAsNonNull or Opcode.BrOnNull or Opcode.BrOnNonNull =>
            WasmFeatures.TypedFunctionReferences,
        Opcode.TryTable => WasmFeatures.Exceptions,
        Opcode.SelectTyped or Opcode.TableGet or Opcode.TableSet or Opcode.RefNull or Opcode.RefIsNull or Opcode.RefFunc
            or Opcode.TableGrow or Opcode.TableSize or Opcode.TableFill => WasmFeatures.ReferenceTypes,
        >= Opcode.I32Extend8S and <= Opcode.I64Extend32S => WasmFeatures.SignExtension,
        Opcode.RefEq or (>= Opcode.StructNew and <= Opcode.I31GetU) => WasmFeatures.GarbageCollection,
        >= Opcode.I32TruncSatF32S and <= Opcode.I64TruncSatF64U => WasmFeatures.SaturatingFloatToInt,
        >= Opcode.MemoryInit and <= Opcode.TableCopy => WasmFeatures.BulkMemory,
        >= Opcode.I8x16RelaxedSwizzle => WasmFeatures.RelaxedSimd | WasmFeatures.Simd,
        >= Opcode.V128Load => WasmFeatures.Simd,
        _ => WasmFeatures.None,
    };

    private static WasmFeatures Of(ValueType type, WasmModule module)
    {
        if (type.Kind == ValueKind.V128) return WasmFeatures.Simd;
        if (!type.IsReference) return WasmFeatures.None;
        var heap = type.Heap;
        if (heap.IsIndex)
        {
            return module.Types[heap.Index].Composite is FunctionType
                ? WasmFeatures.TypedFunctionReferences
                : WasmFeatures.GarbageCollection;
        }
        if (heap == HeapType.Func || heap == HeapType.Extern)
        {
            return type.IsNullable ? WasmFeatures.ReferenceTypes : WasmFeatures.TypedFunctionReferences;
        }
        return heap == HeapType.Exn || heap == HeapType.NoExn ? WasmFeatures.Exceptions : WasmFeatures.GarbageCollection;
    }
}
