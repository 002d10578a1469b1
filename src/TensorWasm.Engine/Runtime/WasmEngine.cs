using TensorWasm.Engine.Compilation;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>
/// Compiles modules. An engine is cheap, has no state but its options, and may be used by many threads at once.
/// </summary>
public sealed class WasmEngine
{
    /// <summary>An engine.</summary>
    /// <exception cref="NotSupportedException">Guard pages are required, but this system has none.</exception>
    public WasmEngine(EngineOptions? options = null)
    {
        Options = options ?? new EngineOptions();
        UsesGuardPages = Options.BoundsChecks switch
        {
            BoundsChecks.Explicit => false,
            BoundsChecks.GuardPages when !GuardPages.IsSupported =>
                throw new NotSupportedException($"guard pages: {GuardPages.UnsupportedReason}"),
            _ => GuardPages.IsSupported,
        };
    }

    /// <summary>Its options.</summary>
    public EngineOptions Options { get; }

    /// <summary>Whether out-of-bounds accesses are caught by guard pages, otherwise by checks in compiled code.</summary>
    public bool UsesGuardPages { get; }

    /// <summary>Compiles a module from the binary or the text format.</summary>
    /// <exception cref="WasmFormatException">The module is malformed.</exception>
    /// <exception cref="WasmValidationException">The module is invalid.</exception>
    /// <exception cref="UnsupportedFeatureException">The module uses a feature that the engine does not run.</exception>
    public Module Compile(ReadOnlyMemory<byte> module) => Compile(ModuleSource.Read(module));

    /// <summary>Compiles a module from a file in the binary or the text format.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="WasmException">The module is malformed or invalid.</exception>
    /// <exception cref="UnsupportedFeatureException">The module uses a feature that the engine does not run.</exception>
    public Module CompileFile(string path) => Compile(File.ReadAllBytes(path));

    /// <summary>Validates and compiles a module that was read already.</summary>
    /// <exception cref="WasmException">The module is invalid.</exception>
    /// <exception cref="UnsupportedFeatureException">The module uses a feature that the engine does not run.</exception>
    public Module Compile(WasmModule module)
    {
        WasmValidator.Validate(module);
        var assembly = ModuleCompiler.Compile(module, new CompilerOptions(UsesGuardPages, Options.CountFuel));
        return new Module(this, module, assembly);
    }
}
