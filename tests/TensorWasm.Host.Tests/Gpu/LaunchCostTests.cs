using System.Text;
using TensorWasm.Engine;

namespace TensorWasm.Host.Tests;

/// <summary>What a launch costs the host beside the device's work.</summary>
public sealed class LaunchCostTests : DeviceTest
{
    /// <summary>Launches a kernel without effect many times, and waits.</summary>
    private const string Loop = """
        (module
          (import "tensorwasm:gpu/host@0.1.0" "module-load" (func $load (param i32 i32 i32) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "module-kernel" (func $kernel (param i32 i32 i32) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "launch"
            (func $launch (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "stream-wait" (func $wait (param i32) (result i32)))
          (import "tensorwasm:gpu/host@0.1.0" "stream-is-idle" (func $idle (param i32) (result i32)))
          (memory (export "memory") 2)
          (global $k (mut i32) (i32.const 0))
          (func (export "load") (param $length i32) (result i32)
            (global.set $k (call $kernel
              (call $load (i32.const 1024) (local.get $length) (i32.const 0)) (i32.const 0) (i32.const 0)))
            (global.get $k))
          (func (export "ask") (param $n i32) (result i32)
            (local $all i32)
            (local.set $all (i32.const 1))
            (loop $next
              (local.set $all (i32.and (local.get $all) (call $idle (i32.const 0))))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $all))
          (func (export "run") (param $n i32) (param $length i32) (result i32)
            (local $failures i32)
            (loop $next
              (local.set $failures (i32.or (local.get $failures) (call $launch
                (i32.const 0) (global.get $k) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1)
                (i32.const 1) (i32.const 0) (i32.const 0) (local.get $length))))
              (local.set $failures (i32.or (local.get $failures) (call $wait (i32.const 0))))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $failures)))
        """;

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_launch_and_its_wait_leave_little_garbage(string device)
    {
        using var context = new HostContext(new HostConfiguration { Device = TestDevices.Get(device) });
        var engine = new WasmEngine();
        var module = engine.Compile(Encoding.UTF8.GetBytes(Loop));
        using var store = new Store(engine, null, context.Placement);
        var instance = new Linker(engine).AddHost(_ => context, module).Instantiate(store, module);
        var ptx = Encoding.UTF8.GetBytes(Kernels.Add);
        instance.DefaultMemory!.Write(1024, ptx);
        Assert.True((int)instance.GetFunction("load")!.Invoke(ptx.Length)! > 0, context.Gpu.LastError);
        var arguments = new Records().Pointer(0, 4).Pointer(0, 4).Pointer(0, 4).UInt32(0).Bytes;
        instance.DefaultMemory.Write(0, arguments);
        var run = instance.GetFunction("run")!;
        object length = arguments.Length;
        Assert.Equal(0, run.Invoke(2000, length));

        var ask = instance.GetFunction("ask")!;
        Assert.Equal(1, ask.Invoke(2000));

        static long Measure(Function function, params object?[] arguments)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            function.Invoke(arguments);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // The way of every call: finding the sandbox, its capability, its handle.
        Assert.Equal(Measure(ask, 100), Measure(ask, 10_000));
        var (few, many) = (Measure(run, 100, length), Measure(run, 1100, length));
        // What the device keeps of a launch until it has ended; the way to it allocates nothing.
        Assert.InRange((many - few) / 1000.0, 0, 2048);
    }
}
