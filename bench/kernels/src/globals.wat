;; Four linear-feedback and counting steps a round, with all state in mutable globals.
(module
  (global $a (mut i32) (i32.const 1))
  (global $b (mut i64) (i64.const 2))
  (global $c (mut f64) (f64.const 0))
  (global $d (mut i32) (i32.const 0))
  (func $step
    (global.set $a (i32.xor (global.get $a) (i32.shl (global.get $a) (i32.const 13))))
    (global.set $a (i32.xor (global.get $a) (i32.shr_u (global.get $a) (i32.const 17))))
    (global.set $a (i32.xor (global.get $a) (i32.shl (global.get $a) (i32.const 5))))
    (global.set $b (i64.add (global.get $b) (i64.extend_i32_u (global.get $a))))
    (if (i32.and (global.get $a) (i32.const 1))
      (then (global.set $d (i32.add (global.get $d) (i32.const 1))))
      (else (global.set $c (f64.add (global.get $c) (f64.const 0.5))))))
  (func (export "run") (param $n i32) (result f64)
    (global.set $a (i32.const 1))
    (global.set $b (i64.const 2))
    (global.set $c (f64.const 0))
    (global.set $d (i32.const 0))
    (loop $again
      (call $step)
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))
    (f64.add
      (f64.convert_i64_u (i64.and (global.get $b) (i64.const 0xffffffff)))
      (f64.add (global.get $c) (f64.convert_i32_u (global.get $d))))))
