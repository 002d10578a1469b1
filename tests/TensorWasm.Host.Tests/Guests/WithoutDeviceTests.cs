namespace TensorWasm.Host.Tests;

/// <summary>Guests without a device, or without the capability: everything links, and says so by its documented code.</summary>
public sealed class WithoutDeviceTests
{
    private const long NotAvailable = -1;

    [Theory]
    [InlineData(TestGuest.Cuda1)]
    [InlineData(TestGuest.Cuda2)]
    public void Without_a_device_kernels_are_not_available_and_the_reason_can_be_read(string module)
    {
        using var guest = new TestGuest(null, static c => c with { NoDeviceReason = "there is no GPU in this machine" });
        Assert.Equal(NotAvailable, guest.LoadCuda(Kernels.Add, "add", module));
        var length = guest.CallIn(module, "wasi_cuda_last_error_len");
        Assert.Equal(31, length);
        Assert.Equal(31, guest.CallIn(module, "wasi_cuda_last_error_copy", 0, 1000));
        Assert.Equal("there is no GPU in this machine"u8, guest.Read(0, 31));
        // Nothing is running, so there is nothing to wait for.
        Assert.Equal(0, guest.CallIn(module, "wasi_cuda_sync"));
        Assert.Equal(0, guest.Call("device-count"));
        Assert.Equal(NotAvailable, guest.Call("device-query", 0, 0));
        Assert.Equal(NotAvailable, guest.Call("buffer-alloc", 100));
        Assert.Equal(NotAvailable, guest.Call("stream-create"));
        Assert.Equal(NotAvailable, guest.Call("event-create"));
    }

    [Theory]
    [InlineData(TestGuest.Cuda1)]
    [InlineData(TestGuest.Cuda2)]
    public void Without_the_capability_all_of_wasi_cuda_answers_minus_one_and_nothing_else(string module)
    {
        using var guest = new TestGuest(null, static c => c with { Capabilities = HostCapabilities.Gpu });
        Assert.Equal(NotAvailable, guest.CallIn(module, "wasi_cuda_load_ptx", 0, -1, -1, -1));
        Assert.Equal(NotAvailable, guest.CallIn(module, "wasi_cuda_launch", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        Assert.Equal(NotAvailable, guest.CallIn(module, "wasi_cuda_sync"));
        Assert.Equal(NotAvailable, guest.CallIn(module, "wasi_cuda_last_error_len"));
        Assert.Equal(NotAvailable, guest.CallIn(module, "wasi_cuda_last_error_copy", -1, -1));
        Assert.Equal("", guest.Context.Gpu.LastError);
        Assert.Equal(0, guest.Call("device-count"));
    }

    [Fact]
    public void Without_the_capability_all_of_tensorwasm_gpu_answers_minus_one()
    {
        using var guest = new TestGuest(null, static c => c with { Capabilities = HostCapabilities.Cuda });
        foreach (var function in WitFile.Gpu.Wit.Functions)
        {
            Assert.Equal(NotAvailable, guest.Call(function.Name, new long[function.Parameters.Count]));
        }
        Assert.Equal("", guest.Context.Gpu.LastError);
    }

    [Fact]
    public void Nothing_is_reserved_for_guests_that_may_not_use_a_device()
    {
        using var guest = new TestGuest(null);
        Assert.Null(guest.Context.Placement);
        Assert.Null(guest.Context.Gpu.Region);
    }

    [Fact]
    public void Ranges_outside_memory_are_invalid_pointers_before_anything_else()
    {
        using var guest = new TestGuest(null);
        const long End = 4 * 65536;
        Assert.Equal(-2, guest.Call("wasi_cuda_load_ptx", End - 10, 11, 0, 0));
        Assert.Equal(-2, guest.Call("wasi_cuda_load_ptx", 0, 10, End, 1));
        Assert.Equal(-2, guest.Call("wasi_cuda_load_ptx", 0xFFFFFFFF, 10, 0, 0));
        Assert.Equal(-2, guest.Call("wasi_cuda_load_ptx", 0, -1, 0, 0));
        Assert.Equal(-2, guest.Call("wasi_cuda_last_error_copy", End, 1));
        Assert.Equal(-2, guest.Call("wasi_cuda_last_error_copy", 0, -1));
        Assert.Equal(-2, guest.Call("wasi_cuda_last_error_copy", 0xFFFFFFF0, 100));
        Assert.Equal(-2, guest.Call("module-load", End - 10, 11, 0));
        Assert.Equal(-2, guest.Call("last-error", End - 1, 2));
        Assert.Equal(0, guest.Call("wasi_cuda_last_error_copy", End, 0));
    }

    [Theory]
    [InlineData("""(memory 4)""")]
    [InlineData("""(memory (export "other") 4)""")]
    public void A_guest_must_export_its_memory_as_memory(string memory)
    {
        using var guest = new TestGuest(null, memory: memory);
        Assert.Equal(-2, guest.Call("wasi_cuda_load_ptx", 0, 1, 0, 1));
        Assert.Contains("'memory'", guest.Context.Gpu.LastError, StringComparison.Ordinal);
        Assert.Equal(-2, guest.Call("wasi_cuda_last_error_copy", 0, 1));
    }

    [Fact]
    public void Too_much_PTX_and_too_long_names_are_beyond_the_quota()
    {
        using var guest = new TestGuest(null, memory: """(memory (export "memory") 200)""");
        Assert.Equal(-6, guest.Call("wasi_cuda_load_ptx", 0, (8 << 20) + 1, 0, 1));
        Assert.Equal(NotAvailable, guest.Call("wasi_cuda_load_ptx", 0, 8 << 20, 0, 1));
        Assert.Equal(-6, guest.Call("wasi_cuda_load_ptx", 0, 1, 0, 257));
        Assert.Equal(NotAvailable, guest.Call("wasi_cuda_load_ptx", 0, 1, 0, 256));
        Assert.Equal(-6, guest.Call("module-load", 0, (8 << 20) + 1, 0));
        Assert.Equal(NotAvailable, guest.Call("module-load", 0, 8 << 20, 0));
    }

    [Theory]
    [InlineData(0, 1, 1, 1, 1, 1, 0)]
    [InlineData(1, 0, 1, 1, 1, 1, 0)]
    [InlineData(1, 1, -1, 1, 1, 1, 0)]
    [InlineData(1, 1, 1, 0, 1, 1, 0)]
    [InlineData(1, 1, 1, 1025, 1, 1, 0)]
    [InlineData(1, 1, 1, 1, 1025, 1, 0)]
    [InlineData(1, 1, 1, 33, 32, 1, 0)]
    [InlineData(1, 1, 1, 1, 1, 1, -1)]
    public void Dimensions_are_checked_before_the_kernel(int gx, int gy, int gz, int bx, int by, int bz, int shared)
    {
        using var guest = new TestGuest(null);
        Assert.Equal(-8, guest.Call("wasi_cuda_launch", 999, gx, gy, gz, bx, by, bz, shared, 0, 0));
        Assert.Contains($"{bx}, {by}, {bz}", guest.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_are_checked_before_the_kernel_and_unknown_kernels_are_told_apart()
    {
        using var guest = new TestGuest(null);
        Assert.Equal(-3, guest.Call("wasi_cuda_launch", 999, 1, 1, 1, 1, 1, 1, 0, 0, 0));
        Assert.Equal(-3, guest.Call("wasi_cuda_launch", -1, 1, 1, 1, 1, 1, 1, 0, 0, 4096));
        Assert.Equal(-10, guest.Call("wasi_cuda_launch", 999, 1, 1, 1, 1, 1, 1, 0, 0, 4097));
        Assert.Equal(-2, guest.Call("wasi_cuda_launch", 999, 1, 1, 1, 1, 1, 1, 0, 4 * 65536 - 1, 2));
        Assert.Equal(-2, guest.Call("wasi_cuda_launch", 999, 1, 1, 1, 1, 1, 1, 0, 0, -1));
    }

    [Fact]
    public void Handles_that_never_were_are_invalid()
    {
        using var guest = new TestGuest(null);
        foreach (var handle in (long[])[1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
        {
            Assert.Equal(-11, guest.Call("buffer-free", handle));
            Assert.Equal(-11, guest.Call("module-unload", handle));
            Assert.Equal(-11, guest.Call("kernel-unload", handle));
            Assert.Equal(-11, guest.Call("stream-wait", handle));
            Assert.Equal(-11, guest.Call("event-wait", handle));
            Assert.Equal(-11, guest.Call("graph-destroy", handle));
        }
        Assert.Equal(-11, guest.Call("buffer-free", 0));
        Assert.Equal(-11, guest.Call("stream-destroy", 0));
    }
}
