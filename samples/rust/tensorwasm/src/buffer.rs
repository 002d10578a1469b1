use crate::arguments::{Argument, Arguments, Plain};
use crate::kernel::Request;
use crate::{error, Result};
use std::marker::PhantomData;

/// Device memory for a number of elements, which kernels take as an argument. It is freed when dropped.
///
/// It needs a host with `tensorwasm:gpu/host@0.1.0`; a guest that never makes one does not import that.
#[derive(Debug)]
pub struct Buffer<T: Plain> {
    handle: u32,
    len: usize,
    elements: PhantomData<T>,
}

impl<T: Plain> Buffer<T> {
    /// Device memory for `len` elements, all of whose bytes are zero.
    pub fn zeroed(len: usize) -> Result<Buffer<T>> {
        let bytes = len as u64 * std::mem::size_of::<T>() as u64;
        let handle = error::check(i64::from(unsafe { imports::buffer_alloc(bytes) }))?;
        Ok(Buffer { handle: handle as u32, len, elements: PhantomData })
    }

    /// Device memory with a copy of a slice.
    pub fn from_slice(elements: &[T]) -> Result<Buffer<T>> {
        let mut buffer = Buffer::zeroed(elements.len())?;
        buffer.write(0, elements)?;
        Ok(buffer)
    }

    /// How many elements it has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Copies elements into it, from its element `at` on.
    pub fn write(&mut self, at: usize, elements: &[T]) -> Result<()> {
        let bytes = std::mem::size_of_val(elements) as u32;
        let status = unsafe { imports::buffer_write(self.handle, offset::<T>(at), elements.as_ptr().cast(), bytes) };
        error::check(i64::from(status)).map(|_| ())
    }

    /// Copies elements out of it, from its element `at` on.
    pub fn read(&self, at: usize, elements: &mut [T]) -> Result<()> {
        let bytes = std::mem::size_of_val(elements) as u32;
        let status = unsafe { imports::buffer_read(self.handle, offset::<T>(at), elements.as_mut_ptr().cast(), bytes) };
        error::check(i64::from(status)).map(|_| ())
    }
}

impl<T: Plain> Drop for Buffer<T> {
    fn drop(&mut self) {
        // It waits for work that uses it; a failure of that work is reported by what waits for it.
        unsafe { imports::buffer_free(self.handle) };
    }
}

impl<T: Plain> Argument for &Buffer<T> {
    fn write(&self, to: &mut Arguments) {
        to.push_buffer(self.handle, launch_and_wait);
    }
}

impl<T: Plain> Argument for &mut Buffer<T> {
    fn write(&self, to: &mut Arguments) {
        to.push_buffer(self.handle, launch_and_wait);
    }
}

fn offset<T>(at: usize) -> u64 {
    at as u64 * std::mem::size_of::<T>() as u64
}

/// `wasi:cuda` knows no buffers, so a launch with one goes through the other interface.
fn launch_and_wait(request: &Request) -> i32 {
    const DEFAULT_STREAM: u32 = 0;
    let ([x, y, z], [block_x, block_y, block_z]) = (request.shape.grid, request.shape.block);
    unsafe {
        let status = imports::launch(
            DEFAULT_STREAM, request.kernel as u32, x, y, z, block_x, block_y, block_z, request.shared,
            request.bytes.as_ptr(), request.bytes.len() as u32,
        );
        if status < 0 { status } else { imports::stream_wait(DEFAULT_STREAM) }
    }
}

mod imports {
    #[link(wasm_import_module = "tensorwasm:gpu/host@0.1.0")]
    extern "C" {
        #[link_name = "buffer-alloc"]
        pub fn buffer_alloc(bytes: u64) -> i32;
        #[link_name = "buffer-free"]
        pub fn buffer_free(buffer: u32) -> i32;
        #[link_name = "buffer-write"]
        pub fn buffer_write(buffer: u32, offset: u64, source: *const u8, length: u32) -> i32;
        #[link_name = "buffer-read"]
        pub fn buffer_read(buffer: u32, offset: u64, destination: *mut u8, length: u32) -> i32;
        pub fn launch(
            stream: u32, kernel: u32, grid_x: u32, grid_y: u32, grid_z: u32, block_x: u32, block_y: u32, block_z: u32,
            shared: u32, arguments: *const u8, length: u32,
        ) -> i32;
        #[link_name = "stream-wait"]
        pub fn stream_wait(stream: u32) -> i32;
    }
}
