using System.Diagnostics;
using TensorWasm.Engine.Caching;
using TensorWasm.Engine.Compilation;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>
/// Compiles modules. An engine is cheap, has no state but its options, and may be used by many threads at once.
/// </summary>
public sealed class WasmEngine
{
    private readonly CodeCache? _cache;

    /// <summary>An engine.</summary>
    /// <exception cref="NotSupportedException">Guard pages are required, but this system has none.</exception>
    /// <exception cref="IOException">The code cache can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The code cache is open to other users.</exception>
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
        CompilerOptions = new CompilerOptions(UsesGuardPages, Options.CountFuel) { Limits = Options.JitLimits };
        if (Options is { CodeCache: { } folder, UnloadsCode: false }) _cache = CodeCache.Open(folder);
    }

    /// <summary>Its options.</summary>
    public EngineOptions Options { get; }

    /// <summary>Whether out-of-bounds accesses are caught by guard pages, otherwise by checks in compiled code.</summary>
    public bool UsesGuardPages { get; }

    private CompilerOptions CompilerOptions { get; }

    /// <summary>Compiles a module from the binary or the text format.</summary>
    /// <exception cref="WasmFormatException">The module is malformed.</exception>
    /// <exception cref="WasmValidationException">The module is invalid.</exception>
    /// <exception cref="UnsupportedFeatureException">The module uses a feature that the engine does not run.</exception>
    public Module Compile(ReadOnlyMemory<byte> module)
    {
        var start = Stopwatch.GetTimestamp();
        var code = _cache?.TryLoad(CacheKey.Of(module.Span, CompilerOptions));
        var loaded = Stopwatch.GetTimestamp();
        var definition = ModuleSource.Read(module);
        var reading = Stopwatch.GetElapsedTime(loaded);

        // An entry was made of a module that was valid, and only this user's engine can have made it.
        var compiled = code is null
            ? Compile(definition)
            : new Module(this, definition, code)
            {
                IsFromCache = true,
                Times = new ModuleTimes(default, default, Stopwatch.GetElapsedTime(start, loaded)),
            };
        compiled.Times = compiled.Times with { Reading = reading };
        return compiled;
    }

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
        var start = Stopwatch.GetTimestamp();
        WasmValidator.Validate(module);
        var validated = Stopwatch.GetTimestamp();
        return new Module(this, module, ModuleCompiler.Compile(module, CompilerOptions))
        {
            Times = new ModuleTimes(
                default, Stopwatch.GetElapsedTime(start, validated), Stopwatch.GetElapsedTime(validated)),
        };
    }

    /// <summary>Whether <see cref="EngineOptions.CodeCache"/> has the code of a module.</summary>
    public bool IsCached(ReadOnlyMemory<byte> module) =>
        _cache is not null && _cache.Contains(CacheKey.Of(module.Span, CompilerOptions));

    /// <summary>
    /// Compiles a module to native code and keeps that in <see cref="EngineOptions.CodeCache"/>. It takes seconds for a
    /// module of some megabytes.
    /// </summary>
    /// <exception cref="WasmException">The module is malformed or invalid.</exception>
    /// <exception cref="InvalidOperationException">No cache is configured, or the ahead-of-time compiler is missing.</exception>
    public void Precompile(ReadOnlyMemory<byte> module, CancellationToken cancellation = default)
    {
        if (_cache is null)
        {
            throw new InvalidOperationException("no code cache: set EngineOptions.CodeCache, and UnloadsCode to false");
        }
        var definition = ModuleSource.Read(module);
        WasmValidator.Validate(definition);
        var compiled = ModuleCompiler.Compile(definition, CompilerOptions with { Limits = null });
        _cache.Add(CacheKey.Of(module.Span, CompilerOptions), compiled.Image, cancellation);
    }
}
