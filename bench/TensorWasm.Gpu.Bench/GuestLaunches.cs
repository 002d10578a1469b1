using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using TensorWasm.Engine;
using TensorWasm.Host;

namespace TensorWasm.Gpu.Bench;

/// <summary>
/// Launches from a guest, through its imports: handles, arguments, quotas and accounts, all checked. The kernel, its
/// shape and its arguments are those of <see cref="LaunchCosts"/> and of <c>native/launch.c</c>. The host takes the time of
/// one call of the guest, which launches many times.
/// </summary>
internal sealed class GuestLaunches : IDisposable
{
    private const int Arguments = 64;
    private const int Numbers = 4096;
    private const int Source = 65536;

    private const string Guest = """
        (module
          (import "tensorwasm:gpu/host@0.1.0" "module-load" (func $load (param i32 i32 i32) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "module-kernel" (func $kernel (param i32 i32 i32) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "buffer-alloc" (func $alloc (param i64) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "launch"
            (func $launch (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "stream-wait" (func $wait (param i32) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "stream-is-idle" (func $idle (param i32) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "graph-begin" (func $begin (param i32) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "graph-end" (func $end (param i32) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "graph-destroy" (func $destroy (param i32) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "graph-launch" (func $replay (param i32 i32) (result i32)))
          (import "wasi:cuda/host@0.1.0" "wasi_cuda_launch"
            (func $cuda (param i64 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 4)
          (global $k (mut i32) (i32.const 0))
          (global $graph (mut i32) (i32.const 0))
          (func (export "load") (param $source i32) (param $length i32) (param $name i32) (param $bytes i32) (result i32)
            (global.set $k (call $kernel
              (call $load (local.get $source) (local.get $length) (i32.const 0)) (local.get $name) (local.get $bytes)))
            (global.get $k))
          (func (export "alloc") (param $bytes i64) (result i32) (call $alloc (local.get $bytes)))
          (func $one (param $at i32) (param $length i32) (result i32)
            (call $launch
              (i32.const 0) (global.get $k) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 32) (i32.const 1)
              (i32.const 1) (i32.const 0) (local.get $at) (local.get $length)))
          (func (export "asynchronous") (param $n i32) (param $at i32) (param $length i32) (result i32)
            (local $failed i32)
            (loop $next
              (local.set $failed (i32.or (local.get $failed) (call $one (local.get $at) (local.get $length))))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (i32.or (local.get $failed) (call $wait (i32.const 0))))
          (func (export "wait") (param $n i32) (param $at i32) (param $length i32) (result i32)
            (local $failed i32)
            (loop $next
              (local.set $failed (i32.or (local.get $failed) (call $one (local.get $at) (local.get $length))))
              (local.set $failed (i32.or (local.get $failed) (call $wait (i32.const 0))))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $failed))
          (func (export "cuda") (param $n i32) (param $at i32) (param $length i32) (result i32)
            (local $failed i32)
            (loop $next
              (local.set $failed (i32.or (local.get $failed) (call $cuda
                (i64.extend_i32_u (global.get $k)) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 32)
                (i32.const 1) (i32.const 1) (i32.const 0) (local.get $at) (local.get $length))))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $failed))
          (func (export "ask") (param $n i32) (result i32)
            (local $idle i32)
            (local.set $idle (i32.const 1))
            (loop $next
              (local.set $idle (i32.and (local.get $idle) (call $idle (i32.const 0))))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (i32.eqz (local.get $idle)))
          (func (export "record") (param $n i32) (param $at i32) (param $length i32) (result i32)
            (local $failed i32)
            (drop (call $destroy (global.get $graph)))
            (local.set $failed (call $begin (i32.const 0)))
            (loop $next
              (local.set $failed (i32.or (local.get $failed) (call $one (local.get $at) (local.get $length))))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (global.set $graph (call $end (i32.const 0)))
            (i32.or (local.get $failed) (i32.lt_s (global.get $graph) (i32.const 0))))
          (func (export "replay") (param $n i32) (result i32)
            (local $failed i32)
            (loop $next
              (local.set $failed (i32.or (local.get $failed) (call $replay (global.get $graph) (i32.const 0))))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (i32.or (local.get $failed) (call $wait (i32.const 0)))))
        """;

    private readonly HostContext _context;
    private readonly Store _store;
    private readonly Instance _instance;

    private GuestLaunches(GpuDevice device)
    {
        var engine = new WasmEngine();
        _context = new HostContext(new HostConfiguration { Device = device, Tenant = new GpuTenant("guest") });
        var module = engine.Compile(Encoding.UTF8.GetBytes(Guest));
        _store = new Store(engine, null, _context.Placement);
        _instance = new Linker(engine).AddHost(_ => _context, module).Instantiate(_store, module);
        // As the gateway does; it is what bounds each launch.
        _context.BeginInvocation(TimeSpan.FromHours(1));
        _instance.DefaultMemory!.Write(Source, BenchKernels.Source);
    }

    internal static void Run(Figures figures, GpuDevice device, int launches)
    {
        using var guest = new GuestLaunches(device);
        figures.Title("Launches from a guest, us", "", "median of 15", "least", "most");
        guest.Load("add");
        var buffer = (int)guest.Call("alloc", 4096L)!;
        var length = guest.Write(Records(8, (uint)buffer, 0));
        guest.Row(figures, "tensorwasm:gpu, asynchronous", launches, "asynchronous", launches, Arguments, length);
        guest.Row(figures, "tensorwasm:gpu, launch + wait", launches / 10, "wait", launches / 10, Arguments, length);
        guest.Row(figures, "tensorwasm:gpu, asks whether the stream is idle", launches, "ask", launches);

        guest.Row(
            figures, "tensorwasm:gpu, recorded into a graph, a launch", 1_000, "record", 1_000, Arguments, length);

        length = guest.Write(Records(7, Numbers, 128));
        guest.Row(
            figures, "wasi:cuda, launch over linear memory, which waits", launches / 10, "cuda", launches / 10, Arguments,
            length);

        guest.Load("nothing");
        guest.Call("record", 100, Arguments, 0);
        guest.Row(figures, "graph of 100 x nothing, a kernel", launches, "replay", launches / 100);
    }

    public void Dispose()
    {
        _store.Dispose();
        _context.Dispose();
    }

    /// <summary>The arguments of <c>add</c>: three times the same memory, and how many numbers there are.</summary>
    private static byte[] Records(byte tag, uint first, ulong second)
    {
        var value = new byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(value, first);
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(4), second);
        byte[] record = [tag, .. value.AsSpan(0, tag == 8 ? 12 : 8)];
        return [.. record, .. record, .. record, 5, 32, 0, 0, 0];
    }

    private int Write(byte[] records)
    {
        _instance.DefaultMemory!.Write(Arguments, records);
        return records.Length;
    }

    private void Load(string name)
    {
        _instance.DefaultMemory!.Write(0, Encoding.UTF8.GetBytes(name));
        if ((int)_instance.GetFunction("load")!.Invoke(Source, BenchKernels.Source.Length, 0, name.Length)! <= 0)
        {
            throw new InvalidOperationException(_context.Gpu.LastError);
        }
    }

    private object? Call(string name, params object?[] arguments) => _instance.GetFunction(name)!.Invoke(arguments);

    private void Row(Figures figures, string name, int launches, string export, params object?[] arguments)
    {
        var function = _instance.GetFunction(export)!;
        List<double> times = [];
        for (var i = -3; i < 15; i++)
        {
            var start = Stopwatch.GetTimestamp();
            if ((int)function.Invoke(arguments)! != 0)
            {
                throw new InvalidOperationException($"{export}: {_context.Gpu.LastError}");
            }
            if (i >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / launches);
            }
        }
        figures.Row(name, Figures.Number(Figures.Median(times)), Figures.Number(times.Min()), Figures.Number(times.Max()));
    }
}
