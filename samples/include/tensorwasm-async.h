// On top of tensorwasm.h: device memory as arguments, and launches that return at once, for guests of
// tensorwasm:gpu/host@0.1.0. All its functions are in the generated tensorwasm-gpu.h (src/TensorWasm.Host/Wit), and
// docs/gpu-interface.md says what they do.
//
//     int32_t buffer = tensorwasm_gpu_buffer_alloc(bytes);
//     tw_require(buffer, "allocate");
//     tw_require(tensorwasm_gpu_buffer_write(buffer, 0, data, bytes), "write");
//     tw_require(tw_put(TW_DEFAULT_STREAM, kernel, shape, 0, tw_buffer(buffer, 0), tw_u32(n)), "launch");
//     tw_require(tensorwasm_gpu_buffer_read(buffer, 0, data, bytes), "read");
//
// Kernels come from tw_load or from a module. Memory that a running kernel uses must not be touched before a wait for
// it has returned.
#ifndef TENSORWASM_ASYNC_H
#define TENSORWASM_ASYNC_H

#include "tensorwasm-gpu.h"
#include "tensorwasm.h"

// The stream that always exists.
enum { TW_DEFAULT_STREAM = 0 };

// An argument: a place in device memory.
static inline tw_arg tw_buffer(int32_t buffer, uint64_t offset) {
    tw_arg arg = {TW_TAG_BUFFER, (uint32_t)buffer, offset};
    return arg;
}

// An argument: a structure, or a number of another size. It is read by the launch.
static inline tw_arg tw_bytes(const void *data, uint32_t bytes) {
    tw_arg arg = {TW_TAG_BYTES, bytes, (uintptr_t)data};
    return arg;
}

// Puts a kernel into a stream and returns. tw_put is the same with the arguments in a list.
static inline int32_t tw_put_args(
    int32_t stream, tw_kernel kernel, tw_shape shape, uint32_t shared_bytes, const tw_arg *args, size_t count) {
    uint8_t bytes[TW_MAX_ARGUMENT_BYTES];
    int32_t length = tw_encode(args, count, bytes);
    if (length < 0) return length;
    return tensorwasm_gpu_launch(
        (uint32_t)stream, (uint32_t)kernel, shape.grid[0], shape.grid[1], shape.grid[2], shape.block[0],
        shape.block[1], shape.block[2], shared_bytes, bytes, (uint32_t)length);
}

// tw_put(stream, kernel, shape, bytes of dynamic shared memory, arguments...)
#define tw_put(stream, kernel, shape, shared_bytes, ...) \
    tw_put_args( \
        stream, kernel, shape, shared_bytes, (const tw_arg[]){__VA_ARGS__}, \
        sizeof((tw_arg[]){__VA_ARGS__}) / sizeof(tw_arg))

#endif
