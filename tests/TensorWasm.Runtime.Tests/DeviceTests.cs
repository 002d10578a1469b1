using System.Runtime.CompilerServices;
using System.Text;
using TensorWasm.Gpu;
using TensorWasm.Host;

namespace TensorWasm.Runtime.Tests;

/// <summary>Guests that launch kernels: what they use is counted, and their tenant's quotas hold.</summary>
public sealed class DeviceTests : IAsyncLifetime
{
    private static readonly TenantId Mine = new(1);

    /// <summary>Doubles each of 32 numbers.</summary>
    private const string Kernel = """
        .version 7.8
        .target sm_70
        .address_size 64
        .visible .entry twice(.param .u64 p)
        {
            .reg .b32 %r<4>;
            .reg .b64 %rd<5>;
            ld.param.u64 %rd1, [p];
            cvta.to.global.u64 %rd2, %rd1;
            mov.u32 %r1, %tid.x;
            mul.wide.u32 %rd3, %r1, 4;
            add.s64 %rd4, %rd2, %rd3;
            ld.global.u32 %r2, [%rd4];
            add.s32 %r3, %r2, %r2;
            st.global.u32 [%rd4], %r3;
            ret;
        }
        """;

    private static GpuDevice? _device;
    private TestState _state = null!;
    private TensorWasmRuntime _runtime = null!;

    public async ValueTask InitializeAsync()
    {
        _device ??= GpuDevices.Open(DevicePreference.Cpu, HostDevices.DefaultOptions)!;
        _state = await TestState.CreateAsync(
            DatabaseKind.Sqlite, null, static options => options with { Devices = [_device] });
        _runtime = await _state.OpenAsync();
    }

    public ValueTask DisposeAsync() => _state.DisposeAsync();

    [Fact]
    public async Task Launches_are_counted_and_their_quota_holds()
    {
        await _runtime.Tenants.AddAsync(new TenantRecord
        {
            Id = Mine,
            Quota = TenantQuota.Default with { LaunchesPerSecond = 5 },
        });
        var function = await _runtime.DeployAsync(Guest(), Mine);
        var result = await _runtime.CallAsync(function, [3], Mine);
        Assert.True(result.Succeeded, $"{result.Error}");
        // The number at the last place is 31, and is doubled by each of 3 launches.
        Assert.Equal([0, 31 << 3], result.Results.Select(static value => value.Int32));
        Assert.Equal(3, result.Usage.Launches);
        Assert.True(result.Usage.GpuTime > TimeSpan.Zero);

        // Five at once and five a second; the code for an exceeded quota ends the loop.
        var greedy = await _runtime.CallAsync(function, [10_000], Mine);
        Assert.True(greedy.Results[0].Int32 < 0);
        Assert.InRange(greedy.Usage.Launches, 1, 6 + (int)(5 * greedy.Usage.RunTime.TotalSeconds));
        var usage = Assert.Single(_runtime.MeasureTenants(), static u => u.Tenant == Mine);
        Assert.Equal(3 + greedy.Usage.Launches, usage.Total.Launches);
        var together = result.Usage.GpuTime + greedy.Usage.GpuTime;
        Assert.InRange((usage.Total.GpuTime - together).Duration(), TimeSpan.Zero, TimeSpan.FromMicroseconds(1));
        Assert.Equal(0, usage.DeviceBytes);

        // Another tenant has its own; one that may not use the device is told so.
        var other = await _runtime.DeployAsync(Guest(), new TenantId(2));
        Assert.Equal(0, (await _runtime.CallAsync(other, [10], new TenantId(2))).Results[0].Int32);
        var none = await _runtime.DeployAsync(
            Guest(), Mine, FunctionSettings.Default with { Capabilities = FunctionCapabilities.None });
        Assert.Equal([-1, 31], (await _runtime.CallAsync(none, [1], Mine)).Results.Select(static value => value.Int32));
    }

    [Fact]
    public async Task Registered_kernels_are_loaded_by_name()
    {
        var code = await _runtime.Blobs.PutAsync(Encoding.UTF8.GetBytes(Kernel));
        // For the device's own architecture and later ones; what is for earlier ones, or for none that exists, is no PTX.
        var wrong = await _runtime.Blobs.PutAsync("wrong"u8.ToArray());
        await _runtime.Kernels.AddAsync(new KernelRecord
        {
            Id = Guid.NewGuid(),
            Owner = Mine,
            Name = "twice",
            Version = "1.0",
            Visibility = KernelVisibility.Private,
            Manifest = "{}",
            Variants = [new("sm_70", wrong, 5), new("sm_75", code, Kernel.Length), new("sm_999", wrong, 5)],
            CreatedAt = DateTimeOffset.UtcNow,
        });
        var wat = Guests.Text("""
            (module
              (import "tensorwasm:gpu/host@0.1.0" "module-load-registered" (func $load (param i32 i32 i32) (result i32)))
              (memory (export "memory") 1) (data (i32.const 0) "twice@1.0")
              (func (export "main") (param i32) (result i32) (call $load (i32.const 0) (local.get 0) (i32.const 0))))
            """);
        var mine = await _runtime.DeployAsync(wat, Mine);
        Assert.True((await _runtime.CallAsync(mine, [9], Mine)).Results[0].Int32 > 0);
        Assert.True((await _runtime.CallAsync(mine, [5], Mine)).Results[0].Int32 < 0);
        var other = await _runtime.DeployAsync(wat, new TenantId(2));
        Assert.True((await _runtime.CallAsync(other, [9], new TenantId(2))).Results[0].Int32 < 0);
    }

    // The driver must see the process before the engine reserves address space.
    [ModuleInitializer]
    internal static void Initialize() => _ = GpuDevices.CudaCount;

    /// <summary>Launches as often as it is told, or until that fails; answers the last code and the last number.</summary>
    private static ReadOnlyMemory<byte> Guest() => Guests.Text($$"""
        (module
          (import "wasi:cuda/host@0.1.0" "wasi_cuda_load_ptx" (func $load (param i32 i32 i32 i32) (result i64)))
          (import "wasi:cuda/host@0.1.0" "wasi_cuda_launch"
            (func $launch (param i64 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "twice")
          (data (i32.const 16) "\07\00\01\00\00\80\00\00\00")
          (data (i32.const 1024) "{{Kernel.Replace("\n", "\\0a", StringComparison.Ordinal)}}")
          (func (export "main") (param $times i32) (result i32 i32) (local $kernel i64) (local $i i32) (local $code i32)
            (loop $fill
              (i32.store (i32.add (i32.const 256) (i32.shl (local.get $i) (i32.const 2))) (local.get $i))
              (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 32))))
            (local.set $kernel
              (call $load (i32.const 1024) (i32.const {{Kernel.Length}}) (i32.const 0) (i32.const 5)))
            (loop $again
              (local.set $code (call $launch (local.get $kernel)
                (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 32) (i32.const 1) (i32.const 1)
                (i32.const 0) (i32.const 16) (i32.const 9)))
              (local.set $times (i32.sub (local.get $times) (i32.const 1)))
              (br_if $again (i32.and (i32.eqz (local.get $code)) (i32.gt_s (local.get $times) (i32.const 0)))))
            (local.get $code) (i32.load (i32.const 380))))
        """);
}
