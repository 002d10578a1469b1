using System.Text;

namespace TensorWasm.Server.Tests;

/// <summary>Guests in the text format.</summary>
internal static class Guests
{
    internal const string Add = """
        (module
          (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func (export "add64") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1)))
          (func (export "half") (param f32) (result f32) (f32.mul (local.get 0) (f32.const 0.5)))
          (func (export "twice") (param f64) (result f64) (f64.add (local.get 0) (local.get 0)))
          (func (export "swap") (param i32 f64) (result f64 i32) (local.get 1) (local.get 0))
          (func (export "lanes") (param v128) (result v128) (i32x4.add (local.get 0) (local.get 0)))
          (func (export "nothing"))
          (func (export "trap") unreachable)
          (func (export "spin") (loop (br 0)))
          (func (export "main") (result i32) (i32.const 42)))
        """;

    /// <summary>Emits its input, in one chunk, as it came.</summary>
    internal const string Echo = """
        (module
          (import "wasi:tensor/host" "input-len" (func $len (result i32)))
          (import "wasi:tensor/host" "read-input" (func $read (param i32 i32) (result i32)))
          (import "wasi:tensor/host" "emit-chunk" (func $emit (param i32 i32) (result i32)))
          (memory (export "memory") 4)
          (func (export "main") (result i32)
            (drop (call $read (i32.const 0) (call $len)))
            (call $emit (i32.const 0) (call $len))))
        """;

    /// <summary>Emits three chunks, the second of which ends within a character.</summary>
    internal const string Chunks = """
        (module
          (import "wasi:tensor/host" "emit-chunk" (func $emit (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "one\ntwo \c3\a4!")
          (func (export "main")
            (drop (call $emit (i32.const 0) (i32.const 4)))
            (drop (call $emit (i32.const 4) (i32.const 5)))
            (drop (call $emit (i32.const 9) (i32.const 2)))))
        """;

    /// <summary>Emits without end.</summary>
    internal const string Flood = """
        (module
          (import "wasi:tensor/host" "emit-chunk" (func $emit (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "main")
            (loop $again
              (br_if $again (i32.eqz (call $emit (i32.const 0) (i32.const 1024)))))))
        """;

    /// <summary>Launches a kernel once, and answers 0.</summary>
    internal static readonly string LaunchesOnce = Launcher("");

    /// <summary>Launches a kernel again and again until that fails, and answers with what.</summary>
    internal static readonly string LaunchesUntilFailure = Launcher("(br_if $again (i32.eqz (local.get $answer)))");

    /// <summary>Launches a kernel that adds 1 to a word of memory, which was 41, and answers with the word.</summary>
    internal static readonly string Increments = Launcher(
        "(if (i32.eqz (local.get $answer)) (then (local.set $answer (i32.load (i32.const 4096)))))",
        ".entry increment(.param .u64 x, .param .u32 n) { .reg .b32 %r; .reg .b64 %d; ld.param.u64 %d, [x]; "
        + "ld.global.u32 %r, [%d]; add.u32 %r, %r, 1; st.global.u32 [%d], %r; ret; }",
        // A pointer to 4 bytes at 4096, and the number 1, behind the word.
        @"\29\00\00\00\07\00\10\00\00\04\00\00\00\05\01\00\00\00", 14);

    private static string Launcher(
        string afterWait, string entry = ".entry nothing() { ret; }", string word = "", int argumentBytes = 0)
    {
        var ptx = Encoding.UTF8.GetBytes($".version 7.0\n.target sm_70\n.address_size 64\n.visible {entry}\n");
        var data = string.Concat(ptx.Select(value => $"\\{value:x2}"));
        return $$"""
            (module
              (import "tensorwasm:gpu/host@0.1.0" "module-load" (func $load (param i32 i32 i32) (result i32)))
              (import "tensorwasm:gpu/host@0.1.0" "module-kernel" (func $kernel (param i32 i32 i32) (result i32)))
              (import "tensorwasm:gpu/host@0.1.0" "launch"
                (func $launch (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
              (import "tensorwasm:gpu/host@0.1.0" "stream-wait" (func $wait (param i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "{{data}}")
              (data (i32.const 4096) "{{word}}")
              (func (export "main") (result i32) (local $kernel i32) (local $answer i32)
                (local.set $answer (call $load (i32.const 0) (i32.const {{ptx.Length}}) (i32.const 0)))
                (if (i32.lt_s (local.get $answer) (i32.const 0)) (then (return (local.get $answer))))
                (local.set $kernel (call $kernel (local.get $answer) (i32.const 0) (i32.const 0)))
                (if (i32.lt_s (local.get $kernel) (i32.const 0)) (then (return (local.get $kernel))))
                (loop $again
                  (local.set $answer (call $launch
                    (i32.const 0) (local.get $kernel) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1)
                    (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 4100) (i32.const {{argumentBytes}})))
                  (if (i32.eqz (local.get $answer)) (then (local.set $answer (call $wait (i32.const 0)))))
                  {{afterWait}})
                (local.get $answer)))
            """;
    }
}
