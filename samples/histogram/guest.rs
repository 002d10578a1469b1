// tensorwasm run --gpu auto samples/histogram/guest.wasm [COUNT]
#[path = "../include/sample.rs"]
mod sample;

use tensorwasm::telemetry::{log, Level, Span};
use tensorwasm::{launch, Kernel, Result, Shape};

fn histogram(bytes: &[u8], totals: &mut [u32; 256]) -> Result<()> {
    // Sound: the kernel adds to the 256 counters only, and reads `count` bytes.
    let kernel = unsafe { Kernel::load(include_str!("kernel.ptx"), "histogram")? };
    let count = bytes.len() as u32;
    let span = Span::begin("histogram");
    span.number("bytes", count.into()).text("kernel", "histogram");
    log(Level::Debug, "counting");
    // At least 16 KiB a block, and at most about a thousand blocks.
    let per_block = count / 1024 / 16 * 16 + 16384;
    let blocks = (count + per_block - 1) / per_block;
    launch!(kernel, Shape::blocks(blocks, 1, 256), bytes, &mut totals[..], count, per_block)
}

fn main() {
    let count = sample::size(1, 1_000_003, 1, 1 << 30) as usize;
    // The lower of two numbers, so that small values are more frequent.
    let bytes: Vec<u8> =
        (0..count as u64).map(|i| sample::bits(i)).map(|bits| (bits as u8).min((bits >> 8) as u8)).collect();
    let mut totals = [0; 256];
    histogram(&bytes, &mut totals).unwrap_or_else(|error| sample::fail("histogram", error));

    let mut expected = [0; 256];
    for &byte in &bytes {
        expected[usize::from(byte)] += 1;
    }
    sample::verdict("histogram", "counts: all exact", totals == expected)
}
