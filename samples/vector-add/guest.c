// tensorwasm run --gpu auto samples/vector-add/guest.wasm [COUNT]
#include "sample.h"
#include "tensorwasm.h"

static const char ptx[] = {
#embed "kernel.ptx"
};

int main(int argc, char **argv) {
    uint32_t count = sample_size(argc, argv, 1, 100000, 1, 1 << 28);
    float *a = sample_floats(count, 1), *b = sample_floats(count, 2), *sum = sample_alloc(count, sizeof *sum);
    size_t bytes = count * sizeof *sum;

    tw_kernel kernel = tw_load(ptx, sizeof ptx, "vector_add");
    tw_require(kernel, "vector-add: load");
    tw_require(
        tw_launch(kernel, tw_1d(count, 256), 0, tw_in(a, bytes), tw_in(b, bytes), tw_out(sum, bytes), tw_u32(count)),
        "vector-add: launch");

    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) wrong += sum[i] != a[i] + b[i];
    return sample_exact("vector-add", "sums", wrong);
}
