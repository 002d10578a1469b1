using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TensorWasm.Engine.Tests;

/// <summary>Faults that really happen, in and outside the pool.</summary>
public sealed unsafe class GuardPagesTests
{
    private const uint Page = 64 << 10;
    private const uint Top = uint.MaxValue;

    private static readonly (int Size, Action<nint, uint, uint> Load, Action<nint, uint, uint> Store)[] Accesses =
    [
        (1, (b, i, o) => Emitted.Load8(b, i, o), (b, i, o) => Emitted.Store8(b, i, o, -1)),
        (2, (b, i, o) => Emitted.Load16(b, i, o), (b, i, o) => Emitted.Store16(b, i, o, -1)),
        (4, (b, i, o) => Emitted.Load32(b, i, o), (b, i, o) => Emitted.Store32(b, i, o, -1)),
        (8, (b, i, o) => Emitted.Load64(b, i, o), (b, i, o) => Emitted.Store64(b, i, o, -1)),
    ];

    [Fact]
    public void Supported_exactly_where_promised()
    {
        var isPromised = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
            && Environment.GetEnvironmentVariable("TENSORWASM_GUARD_PAGES") is null;
        Assert.Equal(isPromised, GuardPages.IsSupported);
        Assert.Equal(isPromised, GuardPages.UnsupportedReason is null);
    }

    [Fact]
    public void Every_access_traps_at_every_edge_on_eight_threads_at_once()
    {
        SkipUnlessSupported();
        Hammer(8, thread =>
        {
            var pages = (uint)thread % 3;
            using var memory = LinearMemory.Create(pages, 65536, false, true, null);
            for (var round = 0; round < 10; round++)
                CheckEdges(memory.Base, pages * Page);
        });
    }

    [Fact]
    public void No_access_reaches_a_neighbour()
    {
        SkipUnlessSupported();
        var memories = Enumerable.Range(0, 4).Select(_ => LinearMemory.Create(1, 1, false, true, null)).ToList();
        foreach (var memory in memories)
        {
            foreach (var (_, load, store) in Accesses)
            {
                AssertTraps(load, memory.Base, Top, Top);
                AssertTraps(store, memory.Base, Top, Top);
            }
        }
        Assert.All(memories, memory => Assert.Equal(Page, *(ulong*)(memory.Base - 8)));
        memories.ForEach(memory => memory.Dispose());
    }

    [Fact]
    public void Faults_and_collections_do_not_disturb_each_other()
    {
        SkipUnlessSupported();
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            var kept = new object[1000];
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                kept[i % kept.Length] = new byte[1000];
                if (i % 1000 == 0)
                    GC.Collect(i / 1000 % 3, GCCollectionMode.Forced, blocking: true);
            }
        });
        collector.Start();
        Hammer(4, _ =>
        {
            using var memory = LinearMemory.Create(1, 1, false, true, null);
            var witness = new string('x', 100);
            for (var i = 0u; i < 2000; i++)
                AssertTraps(Accesses[2].Load, memory.Base, Page + i, i);
            Assert.Equal(100, witness.Length);
        });
        stop.Cancel();
        collector.Join();
    }

    [Theory]
    [InlineData(nameof(FaultOutsideThePool))]
    [InlineData(nameof(SignalWithAnAddressInThePool))]
    [InlineData(nameof(JumpIntoThePool))]
    public void Other_faults_still_end_the_process(string scenario)
    {
        SkipUnlessSupported();
        Action method = scenario switch
        {
            nameof(FaultOutsideThePool) => FaultOutsideThePool,
            nameof(SignalWithAnAddressInThePool) => SignalWithAnAddressInThePool,
            _ => JumpIntoThePool,
        };
        var result = ChildProcess.Run(method);

        // 128 + SIGABRT or SIGSEGV; 99 would be a caught exception, 0 a survivor.
        Assert.Contains(result.ExitCode, new[] { 134, 139 });
        Assert.Contains("ready", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Little_address_space_means_explicit_checks_with_a_reason()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ulimit");
        var result = ChildProcess.Run(
            PrintSupport, "ulimit -v 20000000", ("DOTNET_GCHeapHardLimit", "10000000"));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("False", result.Output, StringComparison.Ordinal);
        Assert.Contains("no address space", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_turns_them_off()
    {
        var result = ChildProcess.Run(PrintSupport, null, ("TENSORWASM_GUARD_PAGES", "0"));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("False turned off", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_installed_later_that_chains_does_no_harm()
    {
        SkipUnlessSupported();
        var result = ChildProcess.Run(FaultUnderAnotherHandler);
        Assert.True(result.ExitCode == 0, result.Output);
    }

    internal static void SkipUnlessSupported()
    {
        if (!GuardPages.IsSupported && Environment.GetEnvironmentVariable("CI") == "true"
            && OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            Assert.Fail(GuardPages.UnsupportedReason!);
        }
        Assert.SkipUnless(GuardPages.IsSupported, GuardPages.UnsupportedReason ?? "");
    }

    /// <summary>Some threads, released together; the first failure is thrown.</summary>
    internal static void Hammer(int threads, Action<int> work)
    {
        using var barrier = new Barrier(threads);
        var failures = new List<Exception>();
        var all = Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            try
            {
                barrier.SignalAndWait();
                work(i);
            }
            catch (Exception e)
            {
                lock (failures)
                    failures.Add(e);
            }
        })).ToList();
        all.ForEach(thread => thread.Start());
        all.ForEach(thread => thread.Join());
        if (failures.Count > 0)
            throw new AggregateException(failures);
    }

    private static void CheckEdges(nint memory, uint length)
    {
        foreach (var (size, load, store) in Accesses)
        {
            var bytes = (uint)size;
            if (length >= bytes)
            {
                load(memory, length - bytes, 0);
                load(memory, 0, length - bytes);
                store(memory, length - bytes, 0);
            }

            // An access traps if any of its bytes is out of bounds (section 4.6.9), the first or only the last.
            foreach (var access in new[] { load, store })
            {
                AssertTraps(access, memory, length, 0);
                AssertTraps(access, memory, 0, length);
                AssertTraps(access, memory, Top, 0);
                AssertTraps(access, memory, Top - bytes + 1, 0);
                AssertTraps(access, memory, 0, Top);
                AssertTraps(access, memory, Top, Top);
                AssertTraps(access, memory, 1u << 31, 1u << 31);
                if (length >= bytes && bytes > 1)
                    AssertTraps(access, memory, length - bytes + 1, 0);
            }
        }
    }

    private static void AssertTraps(Action<nint, uint, uint> access, nint memory, uint index, uint offset) =>
        Assert.Throws<NullReferenceException>(() => access(memory, index, offset));

    private static void PrintSupport()
    {
        Console.WriteLine($"{GuardPages.IsSupported} {GuardPages.UnsupportedReason}");
        using var memory = LinearMemory.Create(1, 65536, false, false, null);
        if (memory.Grow(1) != 1)
            throw new InvalidOperationException("a memory with explicit checks must work all the same");
    }

    private static nint Ready()
    {
        var memory = LinearMemory.Create(1, 1, false, true, null);
        try
        {
            Emitted.Load8(memory.Base, Page, 0);
        }
        catch (NullReferenceException)
        {
            Console.WriteLine("ready");
        }
        return memory.Base;
    }

    private static void FaultOutsideThePool()
    {
        Ready();
        Catch(() => Emitted.Load8((nint)Interop.Libc.mmap(0, 4096, 0, 0x22, -1, 0), 0, 0));
    }

    private static void SignalWithAnAddressInThePool()
    {
        // rt_sigqueueinfo(2) lays the value where a fault's address lies; its si_code, SI_QUEUE, is negative.
        var address = Ready();
        var info = stackalloc byte[128];
        new Span<byte>(info, 128).Clear();
        *(int*)info = Interop.Libc.SIGSEGV;
        *(int*)(info + 8) = -1;
        *(nint*)(info + 16) = address;
        var queue = (delegate* unmanaged<long, int, int, byte*, long>)NativeLibrary.GetExport(
            NativeLibrary.GetMainProgramHandle(), "syscall");

        // The runtime answers the first by putting the default action back, when it comes to it; then one ends the process.
        for (var i = 0; i < 100; i++)
        {
            queue(129, Environment.ProcessId, Interop.Libc.SIGSEGV, info);
            Thread.Sleep(300);
        }
    }

    private static void JumpIntoThePool()
    {
        var address = Ready();
        Catch(() => ((delegate* unmanaged<void>)address)());
    }

    private static void FaultUnderAnotherHandler()
    {
        Ready();

        // Another handler in front: machine code that only jumps on, as a library's would when a fault is not its own.
        Interop.Libc.SigAction previous;
        _ = Interop.Libc.sigaction(Interop.Libc.SIGSEGV, null, &previous);
        var code = (byte*)Interop.Libc.mmap(0, 4096, 3, 0x22, -1, 0);
        ReadOnlySpan<byte> moveToRax = [0x48, 0xB8];
        ReadOnlySpan<byte> jumpRax = [0xFF, 0xE0];
        moveToRax.CopyTo(new Span<byte>(code, 2));
        *(nint*)(code + 2) = previous.Handler;
        jumpRax.CopyTo(new Span<byte>(code + 10, 2));
        _ = Interop.Libc.mprotect((nint)code, 4096, 5);
        var action = previous;
        action.Handler = (nint)code;
        _ = Interop.Libc.sigaction(Interop.Libc.SIGSEGV, &action, null);
        using var memory = LinearMemory.Create(1, 1, false, true, null);
        AssertTraps(Accesses[0].Load, memory.Base, Page, 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Catch(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            Console.WriteLine($"caught {e.GetType()}");
            Environment.Exit(99);
        }
    }
}
