using System.Runtime.CompilerServices;

namespace TensorWasm.Engine.Tests;

/// <summary>Stack bounds, threads with a chosen stack, and faults where little stack is left.</summary>
public sealed unsafe class ThreadStackTests
{
    [Fact]
    public Task Known_on_pool_threads() => Task.Run(CheckThisThread, TestContext.Current.CancellationToken);

    [Fact]
    public void Known_on_own_threads()
    {
        foreach (var size in new[] { 512 << 10, 1 << 20, 16 << 20, 256 << 20 })
        {
            OnThread(size, () =>
            {
                CheckThisThread();
                // It may be more than was asked for: the C library hands out the stack of a thread that has ended again.
                Assert.True((long)ThreadStack.Current.Remaining >= size - ThreadStack.Reserve - (96 << 10));
            });
        }
    }

    [Theory]
    [InlineData("ulimit -s 8192", 4 << 20, 8 << 20)]
    [InlineData("ulimit -s 1024", 512 << 10, 1 << 20)]
    [InlineData("ulimit -s unlimited", 32 << 20, 64 << 20)]
    public void The_main_thread_has_what_the_limit_says(string limit, long atLeast, long atMost)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ulimit");
        var result = ChildProcess.Run(TouchTheMainStack, limit);
        Assert.True(result.ExitCode == 0, result.Output);
        var remaining = long.Parse(result.Output.Trim(), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(remaining, atLeast, atMost);
    }

    [Fact]
    public void All_of_it_down_to_the_limit_can_be_touched()
    {
        OnThread(64 << 20, () => Assert.True(Descend(ThreadStack.Current.Limit) > 50));
    }

    [Fact]
    public void A_fault_at_the_limit_is_an_exception()
    {
        GuardPagesTests.SkipUnlessSupported();
        using var memory = LinearMemory.Create(1, 1, false, true, null);
        var address = memory.Base;
        GuardPagesTests.Hammer(4, _ => OnThread(1 << 20, () =>
        {
            for (var i = 0; i < 20; i++)
                FaultAtTheLimit(address);
        }));
    }

    [Fact]
    public void A_limit_is_the_nearer_of_what_is_asked_for_and_what_there_is()
    {
        var stack = ThreadStack.Current;
        byte here;
        Assert.False(stack.TryGetLimit(int.MaxValue, out _));
        Assert.True(stack.TryGetLimit(50_000, out var limit));
        Assert.InRange((long)((nuint)(&here) - limit), 50_000 - 4096, 50_000 + 4096);
    }

    [Theory]
    [InlineData(64 << 10)]
    [InlineData(1 << 20)]
    [InlineData(100 << 20)]
    public void A_guest_thread_has_the_stack_asked_for(int bytes)
    {
        for (var i = 0; i < 20; i++)
            Assert.True(GuestThread.Run(bytes, () => (long)ThreadStack.Current.Remaining) >= bytes);
    }

    [Fact]
    public void A_guest_thread_sees_the_callers_context_and_throws_to_the_caller()
    {
        var local = new AsyncLocal<string> { Value = "mine" };
        Assert.Equal("mine", GuestThread.Run(1 << 20, () => local.Value));
        var thrown = Assert.Throws<TrapException>(
            () => GuestThread.Run<int>(1 << 20, () => throw new TrapException(TrapCode.Unreachable)));
        Assert.Equal(TrapCode.Unreachable, thrown.Code);
        Assert.Contains(nameof(A_guest_thread_sees_the_callers_context_and_throws_to_the_caller), thrown.StackTrace,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Guest_threads_are_reused_and_never_shared()
    {
        var used = new HashSet<int>();
        GuardPagesTests.Hammer(8, thread =>
        {
            for (var i = 0; i < 100; i++)
            {
                var result = GuestThread.Run(1 << 20, () => (thread, i, Environment.CurrentManagedThreadId));
                Assert.Equal((thread, i), (result.thread, result.i));
                lock (used)
                    used.Add(result.CurrentManagedThreadId);
            }
        });
        Assert.InRange(used.Count, 1, 400);
    }

    [Fact]
    public void Interrupting_the_caller_does_not_end_its_wait_early()
    {
        using var isRunning = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        var isDone = false;
        var returnedEarly = false;
        var wasInterrupted = false;
        var caller = new Thread(() =>
        {
            GuestThread.Run(1 << 20, () =>
            {
                isRunning.Set();
                mayEnd.Wait();
                return isDone = true;
            });
            returnedEarly = !isDone;
            try
            {
                Thread.Sleep(1);
            }
            catch (ThreadInterruptedException)
            {
                wasInterrupted = true;
            }
        });
        caller.Start();
        isRunning.Wait(TestContext.Current.CancellationToken);
        caller.Interrupt();
        // Time for a wait that ends early to be seen.
        Thread.Sleep(100);
        mayEnd.Set();
        caller.Join();
        Assert.False(returnedEarly);
        Assert.True(wasInterrupted);
    }

    private static void CheckThisThread()
    {
        byte local;
        var stack = ThreadStack.Current;
        Assert.True(stack.IsKnown || !(OperatingSystem.IsLinux() || OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()));
        Assert.True((nuint)(&local) > stack.Limit);
        Assert.Same(stack, ThreadStack.Current);
    }

    private static void TouchTheMainStack()
    {
        var remaining = ThreadStack.Current.Remaining;
        Descend(ThreadStack.Current.Limit);
        Console.WriteLine(remaining);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Descend(nuint limit)
    {
        var frame = stackalloc byte[16 << 10];
        frame[0] = 1;
        return (nuint)frame < limit + (64 << 10) ? frame[0] : Descend(limit) + frame[0];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int FaultAtTheLimit(nint memory)
    {
        var frame = stackalloc byte[512];
        frame[0] = 1;
        if (ThreadStack.Current.Remaining > 1024)
            return FaultAtTheLimit(memory) + frame[0];
        try
        {
            return Emitted.Load8(memory, 64 << 10, 0);
        }
        catch (NullReferenceException)
        {
            return 0;
        }
    }

    private static void OnThread(int stackBytes, Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        }, stackBytes);
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw new InvalidOperationException("on the thread", failure);
    }
}
