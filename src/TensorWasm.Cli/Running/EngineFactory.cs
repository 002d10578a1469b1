using TensorWasm.Engine;

namespace TensorWasm.Cli;

/// <summary>Makes engines, and says in words what stands in the way.</summary>
internal static class EngineFactory
{
    /// <exception cref="CliException">Guard pages are missing, or the code cache that was named is unusable.</exception>
    internal static WasmEngine Create(EngineOptions options, CodeCacheChoice cache)
    {
        try
        {
            return new WasmEngine(options with { CodeCache = cache.Folder });
        }
        catch (NotSupportedException e)
        {
            throw new CliException($"--bounds-checks guard: {e.Message}. Use auto or explicit here.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (cache.IsRequired) throw new CliException($"the code cache {cache.Folder} can't be used: {e.Message}");
            return Create(options, CodeCacheChoice.None);
        }
    }
}
