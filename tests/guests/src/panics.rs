//! Panics in a nested call: the message goes to standard error, and the guest ends with a trap.
#[inline(never)]
fn deeper(values: &[u32], index: usize) -> u32 {
    values[index]
}

fn main() {
    let index = std::env::args().count() + 5;
    println!("{}", deeper(&[1, 2, 3], index));
}
