// tensorwasm run --gpu auto samples/saxpy/guest.wasm [COUNT]
#define TENSORWASM_CUDA "wasi:cuda/host@0.1.0"
#include "sample.h"
#include "tensorwasm.h"

static const char ptx[] = {
#embed "kernel.ptx"
};

int main(int argc, char **argv) {
    uint32_t count = sample_size(argc, argv, 1, 100003, 1, 1 << 28);
    float *x = sample_floats(count, 1), *y = sample_floats(count, 2), a = 2.5f;
    size_t bytes = count * sizeof *x;

    tw_kernel kernel = tw_load(ptx, sizeof ptx, "saxpy");
    tw_require(kernel, "saxpy: load");
    tw_require(
        tw_launch(kernel, tw_1d(count / 4 + 1, 256), 0, tw_u32(count), tw_f32(a), tw_in(x, bytes), tw_out(y, bytes)),
        "saxpy: launch");

    // One rounding on the GPU, which multiplies and adds at once.
    sample_worst worst = {.allowed = 1e-7};
    for (size_t i = 0; i < count; i++) {
        double product = (double)a * x[i], before = sample_float((uint64_t)2 << 40 | i);
        sample_compare(&worst, i, y[i], product + before, fabs(product) + fabs(before));
    }
    return sample_verdict("saxpy", "sums", worst);
}
