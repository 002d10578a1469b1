//! Spans and log records of the guest's own, through `tensorwasm:telemetry/host@0.1.0`. They reach only the guest's
//! tenant. A host may not listen, and takes only so many: what could not be recorded is lost without a word, as nothing
//! else depends on it.

/// How much a log record matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Level {
    /// For following the guest step by step.
    Trace,
    /// For finding faults.
    Debug,
    /// What happens as it should.
    Info,
    /// What may become a fault.
    Warn,
    /// A fault.
    Error,
    /// A fault that ends the guest's work.
    Critical,
}

/// Writes a log record.
pub fn log(level: Level, message: &str) {
    unsafe { imports::log(level as u32, message.as_ptr(), message.len()) };
}

/// Something that takes its time: from [`Span::begin`] until it is dropped. Spans, launches and log records that come in
/// between lie in it.
#[derive(Debug)]
pub struct Span {
    handle: u32,
}

impl Span {
    /// Begins a span.
    pub fn begin(name: &str) -> Span {
        let handle = unsafe { imports::span_begin(name.as_ptr(), name.len()) };
        // 0 is no span: whatever is said of it is answered by an error.
        Span { handle: handle.max(0) as u32 }
    }

    /// Gives it an attribute that is text.
    pub fn text(&self, key: &str, value: &str) -> &Span {
        unsafe { imports::span_text(self.handle, key.as_ptr(), key.len(), value.as_ptr(), value.len()) };
        self
    }

    /// Gives it an attribute that is a number.
    pub fn number(&self, key: &str, value: f64) -> &Span {
        unsafe { imports::span_number(self.handle, key.as_ptr(), key.len(), value) };
        self
    }

    /// Marks it as failed.
    pub fn fail(&self, reason: &str) -> &Span {
        unsafe { imports::span_fail(self.handle, reason.as_ptr(), reason.len()) };
        self
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        unsafe { imports::span_end(self.handle) };
    }
}

mod imports {
    #[link(wasm_import_module = "tensorwasm:telemetry/host@0.1.0")]
    extern "C" {
        pub fn log(level: u32, message: *const u8, message_len: usize) -> i32;
        #[link_name = "span-begin"]
        pub fn span_begin(name: *const u8, name_len: usize) -> i32;
        #[link_name = "span-text"]
        pub fn span_text(span: u32, key: *const u8, key_len: usize, value: *const u8, value_len: usize) -> i32;
        #[link_name = "span-number"]
        pub fn span_number(span: u32, key: *const u8, key_len: usize, value: f64) -> i32;
        #[link_name = "span-fail"]
        pub fn span_fail(span: u32, reason: *const u8, reason_len: usize) -> i32;
        #[link_name = "span-end"]
        pub fn span_end(span: u32) -> i32;
    }
}
