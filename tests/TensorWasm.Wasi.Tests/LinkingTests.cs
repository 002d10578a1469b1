using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using TensorWasm.Engine;
using TensorWasm.Wasi.Tests.Support;

namespace TensorWasm.Wasi.Tests;

/// <summary>WASI as imports of the engine.</summary>
public sealed class LinkingTests
{
    private static readonly WasmEngine SharedEngine = new();

    [Fact]
    public void One_linker_serves_many_stores()
    {
        Module module = Compile("""
            (module
              (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "count") (result i32)
                (drop (call $sizes (i32.const 8) (i32.const 12)))
                (i32.load (i32.const 8))))
            """);
        Linker linker = new Linker(SharedEngine).AddWasi(store => (WasiContext)store.Data!);
        for (int i = 0; i < 3; i++)
        {
            using WasiContext context = new(WasiConfiguration.Empty.WithArguments(Enumerable.Repeat("x", i)));
            using Store store = new(SharedEngine) { Data = context };
            Assert.Equal(i, linker.Instantiate(store, module).GetFunction("count")!.Invoke());
        }
    }

    [Fact]
    public void Without_an_exported_memory_every_pointer_is_a_fault()
    {
        Module module = Compile("""
            (module
              (import "wasi_unstable" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
              (func (export "count") (result i32) (call $sizes (i32.const 8) (i32.const 12))))
            """);
        Assert.Equal((int)Errno.Fault, Instantiate(module, WasiConfiguration.Empty).GetFunction("count")!.Invoke());
    }

    [Fact]
    public void Both_snapshots_have_all_their_functions()
    {
        const string Names = "args_get args_sizes_get environ_get environ_sizes_get clock_res_get clock_time_get " +
            "fd_advise fd_allocate fd_close fd_datasync fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights " +
            "fd_filestat_get fd_filestat_set_size fd_filestat_set_times fd_pread fd_prestat_get " +
            "fd_prestat_dir_name fd_pwrite fd_read fd_readdir fd_renumber fd_seek fd_sync fd_tell fd_write " +
            "path_create_directory path_filestat_get path_filestat_set_times path_link path_open path_readlink " +
            "path_remove_directory path_rename path_symlink path_unlink_file poll_oneoff proc_exit proc_raise " +
            "sched_yield random_get sock_accept sock_recv sock_send sock_shutdown";
        Linker linker = new Linker(SharedEngine).AddWasi(_ => throw new InvalidOperationException());
        string[] names = Names.Split(' ');
        Assert.Equal(46, names.Length);
        Assert.All(names, name => Assert.NotNull(linker.Find("wasi_snapshot_preview1", name)));
        Assert.All(
            names.Where(name => name != "sock_accept"), name => Assert.NotNull(linker.Find("wasi_unstable", name)));
        Assert.Null(linker.Find("wasi_unstable", "sock_accept"));
    }

    [Fact]
    public void Functions_that_WASI_lacks_answer_nosys_when_allowed()
    {
        Module module = Compile("""
            (module
              (import "wasi_snapshot_preview1" "sock_open" (func $open (param i32 i64 f64) (result i32)))
              (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "both") (result i32)
                (i32.add
                  (call $open (i32.const 1) (i64.const 2) (f64.const 3))
                  (call $accept (i32.const 0) (i32.const 0)))))
            """);
        using WasiContext context = new(WasiConfiguration.Empty);
        using Store store = new(SharedEngine);
        Linker linker = new(SharedEngine);
        context.AddTo(linker);
        Assert.Throws<LinkException>(() => linker.Instantiate(store, module));
        Assert.Equal(["sock_open", "sock_accept"], linker.AddMissingWasi(module));
        Assert.Equal(2 * 52, linker.Instantiate(store, module).GetFunction("both")!.Invoke());
    }

    [Theory]
    [InlineData("poll")]
    [InlineData("read")]
    public void An_interrupted_store_stops_a_guest_that_waits_in_a_call(string call)
    {
        // An endless loop of sleeps of an hour, or of reads of a pipe that nobody writes.
        Module module = Compile("""
            (module
              (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "poll")
                (i32.store (i32.const 16) (i32.const 1))
                (i64.store (i32.const 24) (i64.const 3600000000000))
                (loop $again
                  (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
                  (br $again)))
              (func (export "read")
                (i32.store (i32.const 0) (i32.const 1024))
                (i32.store (i32.const 4) (i32.const 16))
                (loop $again
                  (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 128)))
                  (br $again))))
            """);
        using AnonymousPipeServerStream writer = new(PipeDirection.Out);
        using AnonymousPipeClientStream reader = new(PipeDirection.In, writer.ClientSafePipeHandle);
        Instance instance = Instantiate(module, WasiConfiguration.Empty.WithClocks().WithStandardInput(reader));
        Stopwatch watch = Stopwatch.StartNew();
        using IDisposable timer = instance.Store.InterruptAfter(TimeSpan.FromMilliseconds(100));
        TrapException trap = Assert.Throws<TrapException>(() => instance.GetFunction(call)!.Invoke());
        Assert.Equal(TrapCode.Interrupted, trap.Code);
        Assert.InRange(watch.ElapsedMilliseconds, 90, 30_000);
    }

    [Fact]
    public void An_exit_passes_through_the_guest()
    {
        Module module = Compile("""
            (module
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (func $deep (param i32)
                (if (local.get 0)
                  (then (call $deep (i32.sub (local.get 0) (i32.const 1))))
                  (else (call $exit (i32.const 9)))))
              (func (export "run") (call $deep (i32.const 50))))
            """);
        Function run = Instantiate(module, WasiConfiguration.Empty).GetFunction("run")!;
        Assert.Equal(9, Assert.Throws<WasiExitException>(() => run.Invoke()).ExitCode);
    }

    private static Module Compile(string text) => SharedEngine.Compile(Encoding.UTF8.GetBytes(text));

    private static Instance Instantiate(Module module, WasiConfiguration configuration)
    {
        Linker linker = new(SharedEngine);
        new WasiContext(configuration).AddTo(linker);
        return linker.Instantiate(new Store(SharedEngine), module);
    }
}
