// Launch GPU kernels from a WebAssembly guest: wasi:cuda/host in one header, C99 to C23 and C++, clang only.
//
//     tw_kernel add = tw_load(ptx, sizeof ptx, "vector_add");
//     tw_require(add, "load");
//     tw_require(tw_launch(add, tw_1d(n, 256), 0, tw_in(a, n * 4), tw_in(b, n * 4), tw_out(c, n * 4), tw_u32(n)),
//                "launch");
//
// A kernel reads and writes the guest's own memory: what it wrote is there when tw_launch returns. Arguments stand in
// the order of the kernel's parameters; the host checks count, sizes and kinds. Every function returns a number that
// is negative when something failed: one of enum tw_error.
//
// tensorwasm-async.h adds device memory, streams and graphs.
//
// Define TENSORWASM_CUDA as "wasi:cuda/host@0.1.0" before including this, for hosts that know that version only.
#ifndef TENSORWASM_H
#define TENSORWASM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef TENSORWASM_CUDA
#define TENSORWASM_CUDA "wasi:cuda/host@0.2.0"
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define TW_IMPORT(name) __attribute__((import_module(TENSORWASM_CUDA), import_name(name)))

TW_IMPORT("wasi_cuda_load_ptx")
int64_t tw_import_load_ptx(const char *ptx, size_t ptx_bytes, const char *entry, size_t entry_bytes);
TW_IMPORT("wasi_cuda_launch")
int32_t tw_import_launch(
    int64_t kernel, uint32_t grid_x, uint32_t grid_y, uint32_t grid_z, uint32_t block_x, uint32_t block_y,
    uint32_t block_z, uint32_t shared_bytes, const uint8_t *arguments, size_t arguments_bytes);
TW_IMPORT("wasi_cuda_sync") int32_t tw_import_sync(void);
TW_IMPORT("wasi_cuda_last_error_len") int32_t tw_import_last_error_len(void);
TW_IMPORT("wasi_cuda_last_error_copy") int32_t tw_import_last_error_copy(char *to, size_t bytes);

enum tw_error {
    TW_NOT_AVAILABLE = -1, // no GPU, or the guest may not use it: compute on the CPU instead
    TW_INVALID_POINTER = -2,
    TW_INVALID_KERNEL = -3,
    TW_MALFORMED_PTX = -4,
    TW_LAUNCH_FAILED = -5,
    TW_QUOTA_EXCEEDED = -6,
    TW_INTERNAL = -7,
    TW_INVALID_DIMENSIONS = -8,
    TW_INVALID_ARGUMENTS = -9,
    TW_ARGUMENTS_UNSUPPORTED = -10,
    TW_INVALID_HANDLE = -11,
    // The others come from tensorwasm:gpu only.
    TW_OUT_OF_MEMORY = -12,
    TW_DEADLINE_EXCEEDED = -13,
    TW_OUT_OF_BOUNDS = -14,
    TW_TRAPPED = -15,
    TW_DEVICE_LOST = -16,
};

// Exit status of a guest that found no GPU (the number with which test suites know a skipped test), and of one to
// which something else was refused.
enum { TW_EXIT_NOT_AVAILABLE = 77, TW_EXIT_FAILED = 2 };

// Limits of the interface.
enum { TW_MAX_ARGUMENTS = 128, TW_MAX_ARGUMENT_BYTES = 4096 };

// A loaded kernel, or a tw_error.
typedef int64_t tw_kernel;

// A kernel from PTX text and the name of its entry. Loading the same text again is cheap.
static inline tw_kernel tw_load(const char *ptx, size_t ptx_bytes, const char *entry) {
    return tw_import_load_ptx(ptx, ptx_bytes, entry, strlen(entry));
}

// Blocks of a grid, and threads of a block.
typedef struct tw_shape {
    uint32_t grid[3], block[3];
} tw_shape;

// Enough blocks of `block` threads for `threads` of them; the kernel leaves out those beyond its own count.
static inline tw_shape tw_1d(uint32_t threads, uint32_t block) {
    tw_shape shape = {{threads / block + (threads % block != 0), 1, 1}, {block, 1, 1}};
    return shape;
}

// A number of blocks in each direction, all of `block` threads.
static inline tw_shape tw_blocks(uint32_t x, uint32_t y, uint32_t block) {
    tw_shape shape = {{x, y, 1}, {block, 1, 1}};
    return shape;
}

// Enough blocks of block_x * block_y threads for x * y threads.
static inline tw_shape tw_2d(uint32_t x, uint32_t y, uint32_t block_x, uint32_t block_y) {
    tw_shape shape = {
        {x / block_x + (x % block_x != 0), y / block_y + (y % block_y != 0), 1}, {block_x, block_y, 1}};
    return shape;
}

// Kinds of arguments. The last two are tensorwasm:gpu's.
enum tw_tag {
    TW_TAG_I32 = 1,
    TW_TAG_I64,
    TW_TAG_F32,
    TW_TAG_F64,
    TW_TAG_U32,
    TW_TAG_U64,
    TW_TAG_POINTER,
    TW_TAG_BUFFER,
    TW_TAG_BYTES,
};

// An argument. A number's value are the bits; a pointer's its address and, in the upper half, its length; a buffer's
// its handle and the offset; a structure's its length and its address.
typedef struct tw_arg {
    uint32_t tag, handle;
    uint64_t bits;
} tw_arg;

static inline tw_arg tw_make(enum tw_tag tag, const void *value, size_t size) {
    tw_arg arg = {tag, 0, 0};
    memcpy(&arg.bits, value, size);
    return arg;
}

static inline tw_arg tw_i32(int32_t value) { return tw_make(TW_TAG_I32, &value, 4); }
static inline tw_arg tw_i64(int64_t value) { return tw_make(TW_TAG_I64, &value, 8); }
static inline tw_arg tw_f32(float value) { return tw_make(TW_TAG_F32, &value, 4); }
static inline tw_arg tw_f64(double value) { return tw_make(TW_TAG_F64, &value, 8); }
static inline tw_arg tw_u32(uint32_t value) { return tw_make(TW_TAG_U32, &value, 4); }
static inline tw_arg tw_u64(uint64_t value) { return tw_make(TW_TAG_U64, &value, 8); }

// Memory of the guest that the kernel writes, and may read.
static inline tw_arg tw_out(void *data, size_t bytes) {
    uint32_t window[2] = {(uint32_t)(uintptr_t)data, (uint32_t)bytes};
    return tw_make(TW_TAG_POINTER, window, 8);
}

// Memory of the guest that the kernel reads.
static inline tw_arg tw_in(const void *data, size_t bytes) { return tw_out((void *)data, bytes); }

// Writes arguments as the interface wants them, each its tag and its value without padding, into TW_MAX_ARGUMENT_BYTES
// bytes; their length, or TW_ARGUMENTS_UNSUPPORTED where they are too many.
static inline int32_t tw_encode(const tw_arg *args, size_t count, uint8_t *bytes) {
    size_t length = 0;
    if (count > TW_MAX_ARGUMENTS) return TW_ARGUMENTS_UNSUPPORTED;
    for (const tw_arg *arg = args; arg < args + count; arg++) {
        const void *value = &arg->bits;
        size_t size = arg->tag == TW_TAG_I32 || arg->tag == TW_TAG_F32 || arg->tag == TW_TAG_U32 ? 4 : 8;
        if (arg->tag == TW_TAG_BYTES) {
            value = (const void *)(uintptr_t)arg->bits;
            size = arg->handle;
        }
        size_t head = arg->tag >= TW_TAG_BUFFER ? 5 : 1;
        if (size > TW_MAX_ARGUMENT_BYTES - head || length > TW_MAX_ARGUMENT_BYTES - head - size)
            return TW_ARGUMENTS_UNSUPPORTED;
        bytes[length] = (uint8_t)arg->tag;
        if (head > 1) memcpy(bytes + length + 1, &arg->handle, 4);
        memcpy(bytes + length + head, value, size);
        length += head + size;
    }
    return (int32_t)length;
}

// Launches a kernel and waits until it is done. tw_launch is the same with the arguments in a list.
static inline int32_t tw_launch_args(
    tw_kernel kernel, tw_shape shape, uint32_t shared_bytes, const tw_arg *args, size_t count) {
    uint8_t bytes[TW_MAX_ARGUMENT_BYTES];
    int32_t length = tw_encode(args, count, bytes);
    if (length < 0) return length;
    return tw_import_launch(
        kernel, shape.grid[0], shape.grid[1], shape.grid[2], shape.block[0], shape.block[1], shape.block[2],
        shared_bytes, bytes, (size_t)length);
}

// tw_launch(kernel, shape, bytes of dynamic shared memory, arguments...)
#define tw_launch(kernel, shape, shared_bytes, ...) \
    tw_launch_args( \
        kernel, shape, shared_bytes, (const tw_arg[]){__VA_ARGS__}, sizeof((tw_arg[]){__VA_ARGS__}) / sizeof(tw_arg))

// Waits for all launches of this guest. Since tw_launch waits, this only tells whether all is well.
static inline int32_t tw_sync(void) { return tw_import_sync(); }

// What a status means.
static inline const char *tw_describe(int64_t status) {
    static const char *const texts[] = {
        "no error", "no GPU is available to this guest", "a pointer leaves the guest's memory", "no such kernel",
        "the PTX was refused", "the launch failed", "a quota is used up", "the host failed", "absurd dimensions",
        "arguments do not match the kernel's parameters", "too many arguments", "no such object",
        "out of device memory", "the deadline has passed", "a kernel left its memory", "a kernel trapped",
        "the device was lost",
    };
    int64_t index = status < 0 ? -status : 0;
    return index < (int64_t)(sizeof texts / sizeof texts[0]) ? texts[index] : "an unknown error";
}

// The host's own words about the last failure, as a string; its length without the zero.
static inline size_t tw_last_error(char *to, size_t size) {
    int32_t length = size > 0 ? tw_import_last_error_copy(to, size - 1) : 0;
    if (length < 0) length = 0;
    if (size > 0) to[length] = 0;
    return (size_t)length;
}

// Ends the guest with a message when a status is an error.
static inline void tw_require(int64_t status, const char *what) {
    if (status >= 0) return;
    char words[1024];
    size_t length = tw_last_error(words, sizeof words);
    fprintf(stderr, "%s: %s (%d)%s%s\n", what, tw_describe(status), (int)status, length > 0 ? ": " : "", words);
    exit(status == TW_NOT_AVAILABLE ? TW_EXIT_NOT_AVAILABLE : TW_EXIT_FAILED);
}

#ifdef __cplusplus
}
#endif
#endif
