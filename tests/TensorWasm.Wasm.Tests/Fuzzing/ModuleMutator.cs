using TensorWasm.Wasm.Tests.Text;

namespace TensorWasm.Wasm.Tests.Fuzzing;

/// <summary>
/// Makes new modules of the specification's ones: by damaging bytes anywhere, which mostly tests the decoder, and by
/// editing function bodies with all sizes kept right, which gets to the validator. The same seed gives the same modules.
/// </summary>
internal sealed class ModuleMutator
{
    private const int MaxModuleSize = 20_000;

    // By folder of the suite: most modules are SIMD's, and each part shall have its share.
    private static readonly Lazy<byte[][][]> Seeds = new(LoadSeeds);

    // Bytes that matter more often than others: edges of LEB128, type codes, block ends, prefixes.
    private static readonly byte[] Interesting =
        [0x00, 0x01, 0x0B, 0x05, 0x1A, 0x20, 0x40, 0x41, 0x60, 0x63, 0x64, 0x6E, 0x70, 0x7B, 0x7F, 0x80, 0xFB, 0xFC, 0xFD, 0xFF];

    private readonly Random _random;

    public ModuleMutator(int seed) => _random = new Random(seed);

    /// <summary>The modules that mutations start from, those of text in the binary format.</summary>
    public static IReadOnlyList<byte[]> Corpus => [.. Seeds.Value.SelectMany(part => part)];

    public byte[] Next()
    {
        var seed = Pick(Pick(Seeds.Value));
        if (_random.Next(3) == 0) return Damage(seed, 1 + _random.Next(4));
        try
        {
            var module = WasmDecoder.Decode(seed);
            if (module.Bodies.Count > 0) return WasmEncoder.Encode(WithEditedBody(module));
        }
        catch (WasmFormatException)
        {
            // The suite has malformed modules too.
        }
        return Damage(seed, 1);
    }

    private WasmModule WithEditedBody(WasmModule module)
    {
        var bodies = module.Bodies.ToArray();
        var index = _random.Next(bodies.Length);
        var code = bodies[index].Code.ToArray();
        bodies[index] = bodies[index] with { Code = Damage(code, 1 + _random.Next(3)) };
        return new WasmModule
        {
            Types = module.Types,
            RecursionGroups = module.RecursionGroups,
            Imports = module.Imports,
            Functions = module.Functions,
            Tables = module.Tables,
            TableInitializers = module.TableInitializers,
            Memories = module.Memories,
            ImportedMemories = module.ImportedMemories,
            Tags = module.Tags,
            ImportedTags = module.ImportedTags,
            Globals = module.Globals,
            GlobalInitializers = module.GlobalInitializers,
            Exports = module.Exports,
            Start = module.Start,
            Elements = module.Elements,
            Data = module.Data,
            DataCount = module.DataCount,
            Bodies = bodies,
            CustomSections = module.CustomSections,
            Names = module.Names,
        };
    }

    private byte[] Damage(byte[] bytes, int times)
    {
        var result = bytes.ToList();
        for (; times > 0; times--)
        {
            var at = _random.Next(result.Count + 1);
            var left = result.Count - at;
            var count = Math.Min(left, 1 + _random.Next(4));
            switch (_random.Next(7))
            {
                case 0 when left > 0:
                    result[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 1 when left > 0:
                    result[at] = Pick(Interesting);
                    break;
                case 2 when left > 0:
                    result[at] = (byte)_random.Next(256);
                    break;
                case 3:
                    result.Insert(at, Pick(Interesting));
                    break;
                case 4:
                    result.RemoveRange(at, count);
                    break;
                case 5:
                    result.InsertRange(_random.Next(result.Count + 1), result.GetRange(at, count));
                    break;
                default:
                    var other = Pick(Pick(Seeds.Value));
                    var from = _random.Next(other.Length);
                    result.InsertRange(at, other.Skip(from).Take(1 + _random.Next(12)));
                    break;
            }
        }
        return [.. result];
    }

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];

    private static byte[][][] LoadSeeds()
    {
        var seeds = new Dictionary<string, List<byte[]>>(StringComparer.Ordinal);
        foreach (var (place, module, _) in SpecCorpus.CoreModules())
        {
            try
            {
                var bytes = module.Kind == ScriptModuleKind.Binary ? module.Bytes.ToArray() : WasmEncoder.Encode(module.Load());
                if (bytes.Length is <= 8 or >= MaxModuleSize) continue;
                var part = Path.GetDirectoryName(place)!;
                if (!seeds.TryGetValue(part, out var modules)) seeds.Add(part, modules = []);
                modules.Add(bytes);
            }
            catch (WasmFormatException)
            {
                // Malformed text has no binary form.
            }
        }
        return [.. seeds.Values.Select(modules => modules.ToArray())];
    }
}
