use crate::kernel::Request;

/// A value that a kernel takes: a number, or a slice or [`Buffer`](crate::Buffer), which it sees as a pointer.
pub trait Argument {
    /// Appends the value: a tag, and its bytes in little-endian order.
    fn write(&self, to: &mut Arguments);
}

/// The arguments of a launch as the host reads them.
pub struct Arguments {
    pub(crate) bytes: Vec<u8>,
    /// What makes the launch; another interface where an argument needs one.
    pub(crate) run: fn(&Request) -> i32,
}

impl Arguments {
    fn push(&mut self, tag: u8, value: &[u8]) {
        self.bytes.push(tag);
        self.bytes.extend_from_slice(value);
    }

    pub(crate) fn push_buffer(&mut self, handle: u32, run: fn(&Request) -> i32) {
        let mut value = [0; 12];
        value[..4].copy_from_slice(&handle.to_le_bytes());
        self.push(8, &value);
        self.run = run;
    }

    fn push_slice<T>(&mut self, slice: &[T]) {
        let address = slice.as_ptr() as usize as u32;
        let bytes = std::mem::size_of_val(slice) as u32;
        self.push(7, &(u64::from(bytes) << 32 | u64::from(address)).to_le_bytes());
    }
}

macro_rules! numbers {
    ($($tag:literal $type:ty),*) => {$(
        impl Argument for $type {
            fn write(&self, to: &mut Arguments) {
                to.push($tag, &self.to_le_bytes());
            }
        }
    )*};
}

numbers!(1 i32, 2 i64, 3 f32, 4 f64, 5 u32, 6 u64);

/// Types whose values are plain bytes.
///
/// # Safety
/// Whatever bytes a kernel writes must be a valid value.
pub unsafe trait Plain: Copy {}

macro_rules! plain {
    ($($type:ty),*) => {$(unsafe impl Plain for $type {})*};
}

plain!(u8, i8, u16, i16, u32, i32, u64, i64, f32, f64);
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}

impl<T: Plain> Argument for &[T] {
    fn write(&self, to: &mut Arguments) {
        to.push_slice(self);
    }
}

impl<T: Plain> Argument for &mut [T] {
    fn write(&self, to: &mut Arguments) {
        to.push_slice(self);
    }
}

impl<T: Plain> Argument for &Vec<T> {
    fn write(&self, to: &mut Arguments) {
        to.push_slice(self);
    }
}

impl<T: Plain> Argument for &mut Vec<T> {
    fn write(&self, to: &mut Arguments) {
        to.push_slice(self);
    }
}
