// tensorwasm run --gpu auto samples/rmsnorm/guest.wasm [ROWS [COLUMNS]]
#[path = "../include/sample.rs"]
mod sample;

use tensorwasm::{launch, Buffer, Kernel, Result, Shape};

const EPSILON: f32 = 1e-5;

fn rmsnorm(rows: u32, columns: u32, input: &[f32], weight: &[f32], output: &mut [f32]) -> Result<()> {
    // Sound: rows * columns elements are read and written, and `columns` weights are read.
    let kernel = unsafe { Kernel::load(include_str!("kernel.ptx"), "rmsnorm")? };
    let (input, weight) = (Buffer::from_slice(input)?, Buffer::from_slice(weight)?);
    let mut result = Buffer::zeroed(output.len())?;
    launch!(kernel, Shape::blocks(rows, 1, 256), &input, &weight, &mut result, columns / 4, EPSILON)?;
    result.read(0, output)
}

/// The largest relative error of a row.
fn error_of(input: &[f32], weight: &[f32], output: &[f32]) -> f64 {
    let squares: f64 = input.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    let scale = 1.0 / (squares / input.len() as f64 + f64::from(EPSILON)).sqrt();
    let errors = input.iter().zip(weight).zip(output).map(|((&x, &w), &y)| {
        let right = f64::from(x) * scale * f64::from(w);
        (f64::from(y) - right).abs() / right.abs().max(1e-30)
    });
    // What is not a number is as wrong as can be.
    errors.fold(0.0, |worst, error| if error <= worst { worst } else if error.is_nan() { f64::INFINITY } else { error })
}

fn main() {
    let rows = sample::size(1, 64, 1, 1 << 20);
    let columns = sample::size(2, 1000, 4, 1 << 20) / 4 * 4;
    let count = rows as usize * columns as usize;
    let (input, weight) = (sample::floats(count, 1), sample::floats(columns as usize, 2));
    let mut output = vec![0.0; count];
    rmsnorm(rows, columns, &input, &weight, &mut output).unwrap_or_else(|error| sample::fail("rmsnorm", error));

    // In billionths: printing a float would be a quarter of this guest's size.
    const ALLOWED: f64 = 1000.0;
    let row = columns as usize;
    let worst = input.chunks(row).zip(output.chunks(row)).map(|(x, y)| error_of(x, &weight, y)).fold(0.0, f64::max);
    let worst = worst * 1e9;
    let what = format!("rows: largest relative error {}e-9, allowed {}e-9", worst as u64, ALLOWED as u64);
    sample::verdict("rmsnorm", what, worst <= ALLOWED)
}
