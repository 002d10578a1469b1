using TensorWasm.Wasm;

namespace TensorWasm.Fuzz;

/// <summary>
/// The benchmark kernels, compiled from C and Rust, with a few bytes of their code changed such that they stay valid.
/// Only those that compute with integers: what is in memory is compared, too, and NaNs may differ there.
/// </summary>
internal sealed class MutatedModules
{
    private static readonly string[] Names =
    [
        "sha256", "crc32", "sieve", "quicksort", "hash64", "lz", "regex", "json", "base64", "bigint", "interpreter",
        "string_search", "life", "levenshtein", "indirect_calls", "branchless", "fannkuch", "tail_calls", "globals",
        "many_args", "collatz", "simd_utf8", "binary_trees", "rust_text",
    ];

    private readonly Choices _choices;
    private readonly ulong _seed;
    private readonly List<(string Name, byte[] Bytes)> _originals = [];
    private int _count;

    internal MutatedModules(ulong seed)
    {
        _seed = seed;
        _choices = new Choices(seed);
        var folder = Path.Combine(Repository.Root, "bench/kernels/wasm");
        foreach (var name in Names)
        {
            var path = Path.Combine(folder, name + ".wasm");
            if (File.Exists(path)) _originals.Add((name, File.ReadAllBytes(path)));
        }
    }

    internal bool IsEmpty => _originals.Count == 0;

    internal GeneratedModule Next()
    {
        var (name, original) = _choices.Of(_originals);
        var definition = WasmDecoder.Decode(original);
        while (true)
        {
            var bytes = (byte[])original.Clone();
            for (var i = 1 + _choices.Below(3); i > 0; i--) Change(bytes, definition);
            if (!IsValid(bytes)) continue;
            return new GeneratedModule($"{name}-{_seed}-{_count++}", bytes, Calls(definition), 0, true);
        }
    }

    private void Change(byte[] bytes, WasmModule definition)
    {
        var body = _choices.Of(definition.Bodies);
        var at = body.Offset + _choices.Below(body.Code.Length);
        if (at >= bytes.Length) return;
        bytes[at] = _choices.Below(3) switch
        {
            0 => (byte)(bytes[at] + _choices.Below(9) - 4),
            1 => (byte)(bytes[at] ^ (1 << _choices.Below(8))),
            _ => (byte)_choices.Bits(),
        };
    }

    private static bool IsValid(byte[] bytes)
    {
        try
        {
            WasmValidator.Validate(WasmDecoder.Decode(bytes));
            return true;
        }
        catch (WasmException)
        {
            return false;
        }
    }

    private string[] Calls(WasmModule definition)
    {
        var calls = new List<string>();
        foreach (var export in definition.Exports)
        {
            if (export.Kind != ExternalKind.Function) continue;
            var type = definition.FunctionTypeOf(export.Index);
            var arguments = type.Parameters.Select(parameter => parameter.Kind switch
            {
                ValueKind.I32 => $"i:{_choices.Below(20)}",
                ValueKind.I64 => $"l:{_choices.Below(20)}",
                ValueKind.F32 => $"f:{_choices.Below(20)}",
                _ => $"d:{_choices.Below(20)}",
            });
            calls.Add(string.Join(' ', arguments.Prepend(export.Name)));
        }
        return [.. calls];
    }
}
