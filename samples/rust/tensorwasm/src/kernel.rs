use crate::{arguments::Argument, arguments::Arguments, error, imports, Result};
use std::marker::PhantomData;

/// A kernel that is ready to be launched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kernel {
    id: i64,
}

impl Kernel {
    /// Loads a kernel from PTX text and the name of its entry. Loading the same text again is cheap.
    ///
    /// # Safety
    /// The host keeps a kernel inside this guest's memory, but not inside the slices that a launch passes. Whoever
    /// loads one vouches that it writes only to mutable slices, within their length, and reads within theirs.
    pub unsafe fn load(ptx: &str, entry: &str) -> Result<Kernel> {
        let id = imports::wasi_cuda_load_ptx(ptx.as_ptr(), ptx.len(), entry.as_ptr(), entry.len());
        error::check(id).map(|id| Kernel { id })
    }

    /// Begins a launch; [`launch!`](crate::launch) is shorter where there is no dynamic shared memory.
    pub fn launch<'a>(self, shape: Shape) -> Launch<'a> {
        let arguments = Arguments { bytes: Vec::new(), run: launch };
        Launch { kernel: self, shape, shared: 0, arguments, borrowed: PhantomData }
    }
}

/// How many blocks of how many threads run a kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Blocks in each direction.
    pub grid: [u32; 3],
    /// Threads of a block in each direction.
    pub block: [u32; 3],
}

impl Shape {
    /// Enough blocks of `block` threads for `threads` of them; the kernel leaves out those beyond its own count.
    pub fn threads(threads: u32, block: u32) -> Shape {
        Shape::blocks(threads / block + u32::from(threads % block != 0), 1, block)
    }

    /// A number of blocks in each direction, all of `block` threads.
    pub fn blocks(x: u32, y: u32, block: u32) -> Shape {
        Shape { grid: [x, y, 1], block: [block, 1, 1] }
    }
}

/// A launch that is being put together. It borrows the slices it was given until it has run.
#[must_use = "a launch does nothing until it is run"]
pub struct Launch<'a> {
    kernel: Kernel,
    shape: Shape,
    shared: u32,
    arguments: Arguments,
    borrowed: PhantomData<&'a mut ()>,
}

impl<'a> Launch<'a> {
    /// Bytes of dynamic shared memory a block.
    pub fn shared(mut self, bytes: u32) -> Self {
        self.shared = bytes;
        self
    }

    /// The value of the kernel's next parameter.
    pub fn argument<A: Argument + 'a>(mut self, value: A) -> Self {
        value.write(&mut self.arguments);
        self
    }

    /// Launches the kernel and waits until it is done.
    pub fn run(self) -> Result<()> {
        let Arguments { bytes, run } = &self.arguments;
        let status = run(&Request { kernel: self.kernel.id, shape: self.shape, shared: self.shared, bytes });
        error::check(i64::from(status)).map(|_| ())
    }
}

/// A launch as the host's interfaces take it.
pub struct Request<'a> {
    pub(crate) kernel: i64,
    pub(crate) shape: Shape,
    pub(crate) shared: u32,
    pub(crate) bytes: &'a [u8],
}

fn launch(request: &Request) -> i32 {
    let ([x, y, z], [block_x, block_y, block_z]) = (request.shape.grid, request.shape.block);
    unsafe {
        imports::wasi_cuda_launch(
            request.kernel, x, y, z, block_x, block_y, block_z, request.shared, request.bytes.as_ptr(),
            request.bytes.len(),
        )
    }
}
