// What the samples share and no guest needs: sizes from the command line, repeatable numbers, and the answer line.
// Included by each sample: mod sample;

use std::fmt::Display;
use std::process::exit;

/// Argument `index` as a number between two limits, or a value when it is not there.
pub fn size(index: usize, otherwise: u32, smallest: u32, largest: u32) -> u32 {
    let text = match std::env::args().nth(index) {
        Some(text) => text,
        None => return otherwise,
    };
    match text.parse() {
        Ok(value) if (smallest..=largest).contains(&value) => value,
        _ => {
            eprintln!("argument {index} is '{text}': give a number from {smallest} to {largest}");
            exit(2)
        }
    }
}

/// The n-th of a sequence of well-mixed numbers (splitmix64).
pub fn bits(n: u64) -> u32 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ z >> 31) >> 32) as u32
}

/// `count` numbers in [-1, 1), other ones for each seed.
#[allow(dead_code)]
pub fn floats(count: usize, seed: u64) -> Vec<f32> {
    (0..count as u64).map(|i| bits(seed << 40 | i) as i32 as f32 / (1u64 << 31) as f32).collect()
}

/// Ends the sample: 77 where there is no GPU, 2 where something else was refused.
pub fn fail<T>(name: &str, error: tensorwasm::Error) -> T {
    eprintln!("{name}: {error}");
    exit(if error.code() == tensorwasm::Code::NotAvailable { 77 } else { 2 })
}

/// Prints the answer line, and ends the sample.
pub fn verdict(name: &str, what: impl Display, right: bool) -> ! {
    println!("{name}: {what}: {}", if right { "right" } else { "WRONG" });
    exit(if right { 0 } else { 1 })
}
