using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Host.Tests;

/// <summary>
/// A guest that exports a function for each import of this room, of the same name, so that tests make its calls one by
/// one. It is a real module: each call goes through its own code.
/// </summary>
internal sealed class TestGuest : IDisposable
{
    internal const string Cuda1 = "wasi:cuda/host@0.1.0";
    internal const string Cuda2 = "wasi:cuda/host@0.2.0";
    internal const string Gpu = "tensorwasm:gpu/host@0.1.0";

    private static readonly (string Module, string Name, string Parameters, string Result)[] Imports =
    [
        .. new[] { Cuda1, Cuda2 }.SelectMany(static module => new[]
        {
            (module, "wasi_cuda_load_ptx", "i32 i32 i32 i32", "i64"),
            (module, "wasi_cuda_launch", "i64 i32 i32 i32 i32 i32 i32 i32 i32 i32", "i32"),
            (module, "wasi_cuda_sync", "", "i32"),
            (module, "wasi_cuda_last_error_len", "", "i32"),
            (module, "wasi_cuda_last_error_copy", "i32 i32", "i32"),
        }),
        .. WitFile.All.SelectMany(static file => file.Wit.Functions, static (file, function) => (
            file.Wit.ModuleName,
            function.Name,
            string.Join(' ', function.Parameters.Select(p => file.Wit.Flatten(p.Type))),
            file.Wit.Flatten(function.Result!))),
        ("wasi:logging/logging", "log", "i32 i32 i32 i32 i32", ""),
        .. new[] { "wasi:tensor/host", "wasi:tensor/host@0.1.0" }.SelectMany(static module => new[]
        {
            (module, "emit-chunk", "i32 i32", "i32"),
            (module, "flush", "", "i32"),
            (module, "input-len", "", "i32"),
            (module, "read-input", "i32 i32", "i32"),
        }),
        ("wasi:scheduler/host@0.1.0", "yield", "", "i32"),
        ("wasi:scheduler/host@0.1.0", "deadline-remaining-ms", "", "i32"),
    ];

    private static readonly WasmEngine Engine = new(new EngineOptions { UnloadsCode = false });

    private static readonly Dictionary<string, Module> Modules = [];

    private readonly Store _store;
    private readonly Instance _instance;

    /// <param name="device">The device; null for none.</param>
    /// <param name="configure">What else it gets.</param>
    /// <param name="memory">Its memory as the text format has it.</param>
    /// <param name="isPlaced">Whether its memory lies in the region.</param>
    internal TestGuest(
        GpuDevice? device,
        Func<HostConfiguration, HostConfiguration>? configure = null,
        string memory = """(memory (export "memory") 4 64)""",
        bool isPlaced = true)
    {
        var configuration = new HostConfiguration { Device = device };
        Context = new HostContext(configure?.Invoke(configuration) ?? configuration);
        _store = new Store(Engine, null, isPlaced ? Context.Placement : null);
        _instance = new Linker(Engine).AddHost(_ => Context).Instantiate(_store, Compile(memory));
    }

    internal HostContext Context { get; }

    internal Store Store => _store;

    /// <summary>The text of the last failure, as the guest reads it.</summary>
    internal string LastError
    {
        get
        {
            var length = (int)Call("last-error", 0, 1000);
            return length <= 0 ? "" : Encoding.UTF8.GetString(Read(0, length));
        }
    }

    /// <summary>Calls a function of <c>tensorwasm:gpu</c>, or of the module that stands before a colon-colon.</summary>
    internal long Call(string name, params ReadOnlySpan<long> arguments) => CallIn(
        name.StartsWith("wasi_cuda", StringComparison.Ordinal) ? Cuda1 : Gpu, name, arguments);

    internal long CallIn(string module, string name, params ReadOnlySpan<long> arguments)
    {
        var function = _instance.GetFunction($"{module} {name}")!;
        var values = new object?[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = function.Type.Parameters[i].ToString() switch
            {
                "i64" => arguments[i],
                "f64" => BitConverter.Int64BitsToDouble(arguments[i]),
                _ => (object)(int)arguments[i],
            };
        }
        return Convert.ToInt64(function.Invoke(values), CultureInfo.InvariantCulture);
    }

    internal uint Write(uint address, ReadOnlySpan<byte> bytes)
    {
        _instance.DefaultMemory!.Write(address, bytes);
        return (uint)bytes.Length;
    }

    internal uint Write(uint address, string text) => Write(address, Encoding.UTF8.GetBytes(text));

    internal byte[] Read(uint address, int length)
    {
        var bytes = new byte[length];
        _instance.DefaultMemory!.Read(address, bytes);
        return bytes;
    }

    internal uint ReadUInt32(uint address) => BinaryPrimitives.ReadUInt32LittleEndian(Read(address, 4));

    internal void Fill(uint address, int count, Func<int, uint> value)
    {
        var bytes = new byte[count * 4];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), value(i));
        }
        Write(address, bytes);
    }

    internal long Grow(ulong pages) => _instance.DefaultMemory!.Grow(pages);

    /// <summary>Loads PTX by <c>wasi:cuda</c>. It is put at 64 KiB.</summary>
    internal long LoadCuda(string ptx, string entry, string module = Cuda1)
    {
        const uint At = 65536;
        var length = Write(At, ptx);
        var entryLength = Write(At - 1024, entry);
        return CallIn(module, "wasi_cuda_load_ptx", At, length, At - 1024, entryLength);
    }

    /// <summary>Loads PTX by <c>tensorwasm:gpu</c>.</summary>
    /// <returns>The module's and the kernel's handle, or an error and 0.</returns>
    internal (long Module, long Kernel) Load(string ptx, string entry = "", uint options = 0)
    {
        const uint At = 65536;
        var module = Call("module-load", At, Write(At, ptx), options);
        return module < 0 ? (module, 0) : (module, Call("module-kernel", module, At, Write(At, entry)));
    }

    /// <summary>Launches by <c>tensorwasm:gpu</c>; the arguments are put at 2 KiB.</summary>
    internal long Launch(long stream, long kernel, uint grid, uint block, Records arguments)
    {
        const uint At = 2048;
        return Call("launch", stream, kernel, grid, 1, 1, block, 1, 1, 0, At, Write(At, arguments.Bytes));
    }

    /// <summary>Launches by <c>wasi:cuda</c> and waits.</summary>
    internal long LaunchCuda(long kernel, uint grid, uint block, Records arguments)
    {
        const uint At = 2048;
        return Call("wasi_cuda_launch", kernel, grid, 1, 1, block, 1, 1, 0, At, Write(At, arguments.Bytes));
    }

    public void Dispose()
    {
        _store.Dispose();
        Context.Dispose();
    }

    private static Module Compile(string memory)
    {
        lock (Modules)
        {
            if (!Modules.TryGetValue(memory, out var module))
            {
                Modules.Add(memory, module = Engine.Compile(Encoding.UTF8.GetBytes(Text(memory))));
            }
            return module;
        }
    }

    private static string Text(string memory)
    {
        var text = new StringBuilder("(module\n");
        foreach (var (module, name, parameters, result) in Imports)
        {
            text.Append(CultureInfo.InvariantCulture, $"(import \"{module}\" \"{name}\" (func (param {parameters}) (result {result})))\n");
        }
        text.Append(memory).Append('\n');
        for (var i = 0; i < Imports.Length; i++)
        {
            var (module, name, parameters, result) = Imports[i];
            text.Append(CultureInfo.InvariantCulture, $"(func (export \"{module} {name}\") (param {parameters}) (result {result})");
            var count = parameters.Length == 0 ? 0 : parameters.Split(' ').Length;
            for (var j = 0; j < count; j++)
            {
                text.Append(CultureInfo.InvariantCulture, $" (local.get {j})");
            }
            text.Append(CultureInfo.InvariantCulture, $" (call {i}))\n");
        }
        return text.Append(')').ToString();
    }
}
