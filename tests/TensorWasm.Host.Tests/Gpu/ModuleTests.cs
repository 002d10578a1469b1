namespace TensorWasm.Host.Tests;

/// <summary>Modules, kernels and the registry, by <c>tensorwasm:gpu</c>.</summary>
public sealed class ModuleTests : DeviceTest, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorwasm-kernels-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Devices))]
    public void Kernels_of_a_module_share_its_variables_and_modules_do_not(string device)
    {
        using var guest = Guest(device);
        var (module, count) = guest.Load(Kernels.Two, "count");
        var reset = guest.Call("module-kernel", module, A, guest.Write(A, "reset"));
        var (other, otherCount) = guest.Load(Kernels.Two, "count");
        Assert.NotEqual(module, other);
        uint Run(long kernel)
        {
            Assert.Equal(0, guest.Launch(0, kernel, 1, 1, new Records().Pointer(C, 4)));
            Assert.Equal(0, guest.Call("stream-wait", 0));
            return guest.ReadUInt32(C);
        }

        Assert.Equal((100u, 101u, 102u), (Run(count), Run(count), Run(count)));
        Assert.Equal(0, guest.Launch(0, reset, 1, 1, Records.None));
        Assert.Equal(0u, Run(count));
        Assert.Equal(100u, Run(otherCount));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void An_entry_has_one_handle_and_may_stay_unnamed_where_it_is_the_only_one(string device)
    {
        using var guest = Guest(device);
        var (module, kernel) = guest.Load(Kernels.Add, "add");
        Assert.True(kernel > 0, guest.LastError);
        Assert.Equal(kernel, guest.Call("module-kernel", module, A, guest.Write(A, "add")));
        Assert.Equal(kernel, guest.Call("module-kernel", module, A, 0));
        Assert.Equal(-3, guest.Call("module-kernel", module, A, guest.Write(A, "Add")));
        var (two, none) = guest.Load(Kernels.Two);
        Assert.Equal(-3, none);
        Assert.Contains("name one: count, reset", guest.LastError, StringComparison.Ordinal);
        guest.Write(A, new string('x', 257));
        Assert.Equal(-3, guest.Call("module-kernel", two, A, 256));
        Assert.Equal(-6, guest.Call("module-kernel", two, A, 257));
        guest.Write(A, [0xC0]);
        Assert.Equal(-9, guest.Call("module-kernel", two, A, 1));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Kernels_tell_what_they_take(string device)
    {
        using var guest = Guest(device);
        var (_, kernel) = guest.Load(Kernels.Pair);
        Assert.Equal(3, guest.Call("kernel-query", kernel, 0));
        Assert.Equal(24, guest.Call("kernel-query", kernel, 1));
        Assert.InRange(guest.Call("kernel-query", kernel, 2), 0, 255);
        Assert.InRange(guest.Call("kernel-query", kernel, 5), 1, 1024);
        Assert.Equal(-9, guest.Call("kernel-query", kernel, 6));
        Assert.Equal(-11, guest.Call("kernel-query", kernel + 1, 0));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Unloading_takes_kernels_and_graphs_with_it(string device)
    {
        using var guest = Guest(device);
        var (module, kernel) = guest.Load(Kernels.Add);
        var arguments = Sums(guest, 1);
        Assert.Equal(0, guest.Call("graph-begin", 0));
        Assert.Equal(0, guest.Launch(0, kernel, 1, 1, arguments));
        var graph = guest.Call("graph-end", 0);
        Assert.Equal(0, guest.Call("graph-launch", graph, 0));
        Assert.Equal(0, guest.Call("module-unload", module));
        Assert.Equal(-11, guest.Call("module-unload", module));
        Assert.Equal(-11, guest.Launch(0, kernel, 1, 1, arguments));
        Assert.Equal(-11, guest.Call("graph-launch", graph, 0));
        Assert.Equal(0, guest.Call("graph-destroy", graph));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Kernels_of_either_interface_serve_the_other(string device)
    {
        using var guest = Guest(device);
        var cuda = guest.LoadCuda(Kernels.Add, "add");
        Assert.Equal(0, guest.Launch(0, cuda, 4, 256, Sums(guest, 1000)));
        Assert.Equal(0, guest.Call("wasi_cuda_sync"));
        AssertSums(guest, 1000);
        Assert.Equal(0, guest.Call("kernel-unload", cuda));
        Assert.Equal(-3, guest.LaunchCuda(cuda, 1, 1, Records.None));

        var (_, own) = guest.Load(Kernels.Add);
        Assert.Equal(0, guest.LaunchCuda(own, 4, 256, Sums(guest, 1000)));
        AssertSums(guest, 1000);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Registered_kernels_load_by_name(string device)
    {
        File.WriteAllText(Path.Combine(_folder, "add@1.ptx"), Kernels.Add);
        File.WriteAllText(Path.Combine(_folder, "broken.ptx"), "no ptx");
        using var guest = Guest(device, c => c with { Kernels = new FolderKernelRegistry(_folder) });
        long Load(string name) => guest.Call("module-load-registered", A, guest.Write(A, name), 0);

        var module = Load("add@1");
        Assert.True(module > 0, guest.LastError);
        var kernel = guest.Call("module-kernel", module, A, 0);
        Assert.Equal(0, guest.Launch(0, kernel, 4, 256, Sums(guest, 1000)));
        Assert.Equal(0, guest.Call("stream-wait", 0));
        AssertSums(guest, 1000);
        Assert.Equal(-4, Load("broken"));
        Assert.Equal(-3, Load("add"));
        Assert.Equal(-3, Load("../add@1"));
        Assert.Equal(-3, Load(""));
        Assert.Equal(-3, Load(new string('a', 129)));
        guest.Write(A, [0xFF]);
        Assert.Equal(-9, guest.Call("module-load-registered", A, 1, 0));
        Assert.Equal(-9, guest.Call("module-load-registered", A, 0, 2));

        using var without = Guest(device);
        Assert.Equal(-3, without.Call("module-load-registered", A, without.Write(A, "add@1"), 0));
        Assert.Contains("no registry", without.LastError, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_module_may_ask_for_reports_of_what_leaves_memory(string device)
    {
        using var guest = Guest(device);
        var (module, poke) = guest.Load(Kernels.Poke, options: 1);
        Assert.True(module > 0, guest.LastError);
        Assert.Equal(0, guest.Launch(0, poke, 1, 1, new Records().UInt64(0xABCD0000)));
        Assert.Equal(-14, guest.Call("stream-wait", 0));
        Assert.Contains("kernel 'poke' at PTX line 10, column 5", guest.LastError, StringComparison.Ordinal);
        Assert.Contains("writes 4 bytes at 0xabcd0000", guest.LastError, StringComparison.Ordinal);
        Assert.Equal(0, guest.Call("stream-wait", 0));
        Assert.Equal(-9, guest.Load(Kernels.Poke, options: 2).Module);
        Assert.Equal(-9, guest.Load(Kernels.Poke, options: 0x80000001).Module);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void PTX_of_all_modules_has_at_most_512_MiB(string device)
    {
        using var guest = Guest(device, memory: """(memory (export "memory") 200)""");
        // 8 MiB less than which 64 modules fill the allowance exactly.
        var text = Kernels.Add + "\n" + string.Concat(Enumerable.Repeat(new string(' ', 999) + "\n", 8388));
        text = text.PadRight(8 << 20)[..(8 << 20)];
        var length = guest.Write(A, text);
        Assert.Equal(8u << 20, length);
        var first = guest.Call("module-load", A, length, 0);
        Assert.True(first > 0, guest.LastError);
        for (var i = 1; i < 64; i++)
        {
            Assert.True(guest.Call("module-load", A, length, 0) > 0, guest.LastError);
        }
        Assert.Equal(-6, guest.Call("module-load", A, length, 0));
        Assert.Contains("536870912", guest.LastError, StringComparison.Ordinal);
        Assert.Equal(0, guest.Call("module-unload", first));
        Assert.True(guest.Call("module-load", A, length, 0) > 0);
    }
}
