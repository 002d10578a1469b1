// tensorwasm run --gpu auto samples/vector-add-rust/guest.wasm [COUNT]
#[path = "../include/sample.rs"]
mod sample;

use tensorwasm::{launch, Kernel, Result, Shape};

fn add(a: &[f32], b: &[f32], sum: &mut [f32]) -> Result<()> {
    // Sound: the kernel writes nothing but the `count` elements of `sum`.
    let kernel = unsafe { Kernel::load(include_str!("../vector-add/kernel.ptx"), "vector_add")? };
    let count = sum.len() as u32;
    launch!(kernel, Shape::threads(count, 256), a, b, sum, count)
}

fn main() {
    let count = sample::size(1, 100_000, 1, 1 << 28) as usize;
    let (a, b, mut sum) = (sample::floats(count, 1), sample::floats(count, 2), vec![0.0; count]);
    add(&a, &b, &mut sum).unwrap_or_else(|error| sample::fail("vector-add-rust", error));
    let right = (0..count).all(|i| sum[i] == a[i] + b[i]);
    sample::verdict("vector-add-rust", "sums: all exact", right)
}
