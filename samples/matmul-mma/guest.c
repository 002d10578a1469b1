// tensorwasm run --gpu auto samples/matmul-mma/guest.wasm [M [N [K]]]: multiples of 128, 128 and 64
#include "sample.h"
#include "tensorwasm-async.h"

static const char ptx[] = {
#embed "kernel.ptx"
};

// Elements are n / 8 with n from -8 to 8: exact in half precision, and so are all sums of products in single precision
// (multiples of 1 / 64 below 2^18), so that the answer must be exact too.
static int element(uint64_t n) { return (int)(sample_bits(n) % 17) - 8; }

// n / 8 in IEEE 754 half precision.
static uint16_t half(int n) {
    uint16_t sign = n < 0 ? 0x8000 : 0;
    uint32_t size = (uint32_t)abs(n);
    if (size == 0) return 0;
    uint32_t exponent = 31 - (uint32_t)__builtin_clz(size);
    return (uint16_t)(sign | (exponent + 12) << 10 | ((size << (10 - exponent)) & 1023));
}

static uint16_t *halves(size_t count, uint64_t seed) {
    uint16_t *values = sample_alloc(count, sizeof *values);
    for (size_t i = 0; i < count; i++) values[i] = half(element(seed << 40 | i));
    return values;
}

static int32_t upload(const void *data, uint32_t bytes) {
    int32_t buffer = tensorwasm_gpu_buffer_alloc(bytes);
    tw_require(buffer, "matmul-mma: allocate");
    if (data != NULL) tw_require(tensorwasm_gpu_buffer_write(buffer, 0, data, bytes), "matmul-mma: write");
    return buffer;
}

int main(int argc, char **argv) {
    uint32_t m = sample_size(argc, argv, 1, 128, 1, 1 << 14), n = sample_size(argc, argv, 2, m, 1, 1 << 14);
    uint32_t k = sample_size(argc, argv, 3, n, 1, 1 << 14);
    if (m % 128 != 0 || n % 128 != 0 || k % 64 != 0) {
        fprintf(stderr, "matmul-mma: sizes must be multiples of 128, 128 and 64\n");
        return 2;
    }
    uint16_t *a = halves((size_t)m * k, 1), *b = halves((size_t)k * n, 2);
    float *c = sample_alloc((size_t)m * n, sizeof *c);

    // In device memory: each element is read many times.
    uint32_t a_bytes = m * k * 2, b_bytes = k * n * 2, c_bytes = m * n * 4;
    int32_t on_device[] = {upload(a, a_bytes), upload(b, b_bytes), upload(NULL, c_bytes)};
    int32_t begin = tensorwasm_gpu_event_create(), end = tensorwasm_gpu_event_create();
    tw_kernel kernel = tw_load(ptx, sizeof ptx, "matmul");
    tw_require(kernel, "matmul-mma: load");
    tw_require(tensorwasm_gpu_event_record(begin, TW_DEFAULT_STREAM), "matmul-mma: event");
    tw_require(
        tw_put(
            TW_DEFAULT_STREAM, kernel, tw_blocks(n / 128, m / 128, 256), 0, tw_buffer(on_device[0], 0),
            tw_buffer(on_device[1], 0), tw_buffer(on_device[2], 0), tw_u32(n), tw_u32(k)),
        "matmul-mma: launch");
    tw_require(tensorwasm_gpu_event_record(end, TW_DEFAULT_STREAM), "matmul-mma: event");
    tw_require(tensorwasm_gpu_stream_wait(TW_DEFAULT_STREAM), "matmul-mma: wait");
    tw_require(tensorwasm_gpu_buffer_read(on_device[2], 0, c, c_bytes), "matmul-mma: read");
    double nanoseconds = (double)tensorwasm_gpu_event_elapsed(begin, end);
    printf("matmul-mma: %.3f ms on the device, %.1f Gflop/s\n", nanoseconds / 1e6, 2.0 * m * n * k / nanoseconds);

    size_t wrong = 0, count = (size_t)m * n, stride = sample_stride((double)count, k, 2e7);
    // Odd, so that no column stands for all.
    for (size_t at = 0; at < count; at += stride | 1) {
        int64_t right = 0;
        for (size_t i = 0; i < k; i++)
            right += element((uint64_t)1 << 40 | (at / n * k + i)) * element((uint64_t)2 << 40 | (i * n + at % n));
        wrong += c[at] != (float)right / 64;
    }
    return sample_exact("matmul-mma", "elements", wrong);
}
