using System.Text;
using TensorWasm.Engine;

// A guest that counts the vowels of a text in its memory and reports each through a host function.
const string Text = """
    (module $vowels
      (import "host" "found" (func $found (param i32 i32)))
      (memory (export "memory") 1)
      (global $calls (export "calls") (mut i32) (i32.const 0))
      (func (export "count") (param $at i32) (param $length i32) (result i32)
        (local $end i32) (local $vowels i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (local.set $end (i32.add (local.get $at) (local.get $length)))
        (block $done
          (loop $next
            (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
            (if (call $is_vowel (i32.load8_u (local.get $at)))
              (then
                (call $found (local.get $at) (i32.const 1))
                (local.set $vowels (i32.add (local.get $vowels) (i32.const 1)))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br $next)))
        (local.get $vowels))
      (func $is_vowel (param $c i32) (result i32)
        ;; One bit a letter: a, e, i, o, u.
        (i32.and
          (i32.shr_u (i32.const 0x104111) (i32.sub (i32.or (local.get $c) (i32.const 0x20)) (i32.const 0x61)))
          (i32.lt_u (i32.sub (i32.or (local.get $c) (i32.const 0x20)) (i32.const 0x61)) (i32.const 26))))
      (func (export "average") (param f64 f64) (result f64)
        (f64.div (f64.add (local.get 0) (local.get 1)) (f64.const 2)))
      (func (export "forever") (loop $again (br $again))))
    """;

// Compile once; the code is shared by all instances.
var engine = new WasmEngine();
var module = engine.Compile(Encoding.UTF8.GetBytes(Text));

// Host functions are ordinary delegates. The first parameter may be the caller, whose memory can be looked at in place.
var letters = new StringBuilder();
var linker = new Linker(engine).DefineFunction(
    "host", "found", (Caller caller, int address, int length) =>
    {
        letters.Append(Encoding.ASCII.GetString(caller.GetSpan((uint)address, length)));
    });

// A store holds instances and what they may use.
using var store = new Store(engine, new StoreLimits { MaxMemoryBytes = 1 << 20 });
var instance = linker.Instantiate(store, module);

// Exports become typed delegates: no boxing, no reflection.
var average = instance.GetFunction("average")!.CreateDelegate<Func<double, double, double>>();
Console.WriteLine($"average: {average(1, 4)}");

// Guests see only their own memory, so a host writes what they are to read.
var memory = instance.GetMemory("memory")!;
var text = "the quick brown fox jumps over the lazy dog"u8;
memory.Write(256, text);
var count = instance.GetFunction("count")!.CreateDelegate<Func<int, int, int>>();
Console.WriteLine($"vowels: {count(256, text.Length)}, {letters}");
Console.WriteLine($"calls: {instance.GetGlobal("calls")!.Value}");

// What leaves the sandbox is a trap with a code; the host goes on.
try
{
    count(65_530, 100);
}
catch (TrapException e)
{
    Console.WriteLine($"trap: {e.Code}");
}

// A guest that never ends is stopped.
using (store.InterruptAfter(TimeSpan.FromMilliseconds(50)))
{
    try
    {
        instance.GetFunction("forever")!.CreateDelegate<Action>()();
    }
    catch (TrapException e)
    {
        Console.WriteLine($"trap: {e.Code}");
    }
}

store.Resume();
Console.WriteLine($"and on it goes: {average(2, 3)}");
