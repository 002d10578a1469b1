//! Launch GPU kernels from a WebAssembly guest, through `wasi:cuda/host@0.2.0`, and through `tensorwasm:gpu/host@0.1.0`
//! where a kernel works on device memory ([`Buffer`]).
//!
//! ```no_run
//! use tensorwasm::{launch, Kernel, Result, Shape};
//!
//! fn add(a: &[f32], b: &[f32], sum: &mut [f32]) -> Result<()> {
//!     // Sound: the kernel writes nothing but the `count` elements of `sum`.
//!     let kernel = unsafe { Kernel::load(include_str!("kernel.ptx"), "vector_add")? };
//!     let count = sum.len() as u32;
//!     launch!(kernel, Shape::threads(count, 256), a, b, sum, count)
//! }
//! ```
//!
//! Arguments stand in the order of the kernel's parameters: numbers of 32 or 64 bits, and slices, which the kernel
//! sees as pointers. The host checks their count, sizes and kinds against the kernel's parameters. What the kernel
//! wrote is in the slices when the launch returns.
#![warn(missing_docs)]

mod arguments;
mod buffer;
mod error;
mod kernel;
pub mod telemetry;

pub use arguments::{Argument, Arguments, Plain};
pub use buffer::Buffer;
pub use error::{Code, Error, Result};
pub use kernel::{Kernel, Launch, Shape};

/// Launches a kernel and waits until it is done: `launch!(kernel, shape, arguments...)`.
///
/// Slices are passed as they are, so a mutable one is borrowed until the launch is over. For dynamic shared memory use
/// [`Kernel::launch`], which this expands to.
#[macro_export]
macro_rules! launch {
    ($kernel:expr, $shape:expr $(, $argument:expr)* $(,)?) => {
        $kernel.launch($shape)$(.argument($argument))*.run()
    };
}

/// Waits for all launches of this guest. A launch waits already, so this only tells whether all is well.
pub fn sync() -> Result<()> {
    error::check(i64::from(unsafe { imports::wasi_cuda_sync() })).map(|_| ())
}

mod imports {
    #[link(wasm_import_module = "wasi:cuda/host@0.2.0")]
    extern "C" {
        pub fn wasi_cuda_load_ptx(ptx: *const u8, ptx_len: usize, entry: *const u8, entry_len: usize) -> i64;
        #[allow(clippy::too_many_arguments)]
        pub fn wasi_cuda_launch(
            kernel: i64, grid_x: u32, grid_y: u32, grid_z: u32, block_x: u32, block_y: u32, block_z: u32, shared: u32,
            arguments: *const u8, arguments_len: usize,
        ) -> i32;
        pub fn wasi_cuda_sync() -> i32;
        pub fn wasi_cuda_last_error_len() -> i32;
        pub fn wasi_cuda_last_error_copy(to: *mut u8, len: usize) -> i32;
    }
}
