use crate::imports;
use std::fmt;

/// What the host answers when something fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// No GPU, or the guest may not use it: compute on the CPU instead.
    NotAvailable,
    /// A pointer leaves the guest's memory.
    InvalidPointer,
    /// No such kernel.
    InvalidKernel,
    /// The PTX was refused; the message says where and why.
    MalformedPtx,
    /// The launch failed, or the kernel did.
    LaunchFailed,
    /// A quota is used up.
    QuotaExceeded,
    /// The host failed.
    Internal,
    /// The grid or the block is empty or too large.
    InvalidDimensions,
    /// The arguments do not match the kernel's parameters.
    InvalidArguments,
    /// Too many arguments.
    ArgumentsUnsupported,
    /// No such object.
    InvalidHandle,
    /// A code that this version does not know.
    Other(i32),
}

impl Code {
    fn of(status: i64) -> Code {
        match status {
            -1 => Code::NotAvailable,
            -2 => Code::InvalidPointer,
            -3 => Code::InvalidKernel,
            -4 => Code::MalformedPtx,
            -5 => Code::LaunchFailed,
            -6 => Code::QuotaExceeded,
            -7 => Code::Internal,
            -8 => Code::InvalidDimensions,
            -9 => Code::InvalidArguments,
            -10 => Code::ArgumentsUnsupported,
            -11 => Code::InvalidHandle,
            other => Code::Other(other as i32),
        }
    }
}

/// A failure: its code, and the host's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: Code,
    message: String,
}

/// What functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What kind of failure it is.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The host's words; empty when it had none.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.code)?;
        if self.message.is_empty() { Ok(()) } else { write!(f, ": {}", self.message) }
    }
}

impl std::error::Error for Error {}

/// The number that a call returned, or the error that it stands for.
pub(crate) fn check(status: i64) -> Result<i64> {
    if status >= 0 {
        return Ok(status);
    }
    let length = usize::try_from(unsafe { imports::wasi_cuda_last_error_len() }).unwrap_or(0);
    let mut message = vec![0; length];
    let copied = unsafe { imports::wasi_cuda_last_error_copy(message.as_mut_ptr(), length) };
    message.truncate(usize::try_from(copied).unwrap_or(0));
    Err(Error { code: Code::of(status), message: String::from_utf8_lossy(&message).into_owned() })
}
