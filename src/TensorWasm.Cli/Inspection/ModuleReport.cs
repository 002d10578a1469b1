using TensorWasm.Wasm;

namespace TensorWasm.Cli;

/// <summary>What there is to say about a module.</summary>
internal sealed class ModuleReport
{
    internal ModuleReport(ModuleFile file, WasmModule module)
    {
        Name = file.DisplayName;
        Module = module;
        IsText = file.IsText;
        var bytes = IsText ? WasmEncoder.Encode(module) : file.Bytes;
        Size = bytes.Length;
        Sections = SectionMap.Read(bytes.Span);
        Features = NamesOf(FeatureScanner.Scan(module));
        Capabilities = module.Imports
            .Where(import => import.Kind == ExternalKind.Function && CapabilityOf(import) is not null)
            .ToLookup(import => CapabilityOf(import)!, import => import.Name);
        Unknown = [.. module.Imports.Where(import => import.Kind != ExternalKind.Function || CapabilityOf(import) is null)];
    }

    /// <summary>The file's name.</summary>
    internal string Name { get; }

    internal WasmModule Module { get; }

    internal bool IsText { get; }

    /// <summary>Bytes in the binary format.</summary>
    internal int Size { get; }

    internal IReadOnlyList<SectionSize> Sections { get; }

    /// <summary>Names of the proposals that the module needs.</summary>
    internal IReadOnlyList<string> Features { get; }

    /// <summary>The host's functions that the module imports, by what they let it reach.</summary>
    internal ILookup<string, string> Capabilities { get; }

    /// <summary>Imports that nothing here provides.</summary>
    internal IReadOnlyList<Import> Unknown { get; }

    private static string? CapabilityOf(Import import) =>
        WasiCapabilities.Of(import.Module, import.Name) ?? Host.HostLinker.CapabilityOf(import.Module);

    private static string[] NamesOf(WasmFeatures features) =>
        [.. Enum.GetValues<WasmFeatures>().Where(f => f != WasmFeatures.None && features.HasFlag(f)).Select(NameOf)];

    private static string NameOf(WasmFeatures feature) => feature switch
    {
        WasmFeatures.MutableGlobals => "mutable-globals",
        WasmFeatures.SignExtension => "sign-extension",
        WasmFeatures.SaturatingFloatToInt => "saturating-float-to-int",
        WasmFeatures.MultiValue => "multi-value",
        WasmFeatures.BulkMemory => "bulk-memory",
        WasmFeatures.ReferenceTypes => "reference-types",
        WasmFeatures.Simd => "simd",
        WasmFeatures.RelaxedSimd => "relaxed-simd",
        WasmFeatures.TailCalls => "tail-calls",
        WasmFeatures.ExtendedConst => "extended-const",
        WasmFeatures.MultiMemory => "multi-memory",
        WasmFeatures.Memory64 => "memory64",
        WasmFeatures.TypedFunctionReferences => "typed-function-references",
        WasmFeatures.GarbageCollection => "garbage-collection",
        WasmFeatures.Exceptions => "exceptions",
        _ => "threads",
    };
}
