// tensorwasm run --gpu auto samples/reduce/guest.wasm [COUNT]
#include "sample.h"
#include "tensorwasm.h"

static const char ptx[] = {
#embed "kernel.ptx"
};

int main(int argc, char **argv) {
    uint32_t count = sample_size(argc, argv, 1, 100003, 1, 1 << 28);
    float *a = sample_floats(count, 1), *b = sample_floats(count, 2);
    uint32_t *values = sample_alloc(count, sizeof *values), total = 0, expected = 0;
    for (size_t i = 0; i < count; i++) expected += values[i] = sample_bits(i);

    // At least 4,096 elements a block, and at most about a thousand blocks.
    uint32_t per_block = count / 1024 / 4 * 4 + 4096, blocks = (count - 1) / per_block + 1;
    float *of_block = sample_alloc(blocks, sizeof *of_block);
    size_t bytes = count * sizeof(float);

    tw_kernel sum = tw_load(ptx, sizeof ptx, "sum"), dot = tw_load(ptx, sizeof ptx, "dot");
    tw_require(sum, "reduce: load sum");
    tw_require(dot, "reduce: load dot");
    tw_shape shape = tw_blocks(blocks, 1, 256);
    tw_require(
        tw_launch(sum, shape, 0, tw_in(values, bytes), tw_out(&total, 4), tw_u32(count), tw_u32(per_block)),
        "reduce: launch sum");
    tw_require(
        tw_launch(
            dot, shape, 0, tw_in(a, bytes), tw_in(b, bytes), tw_out(of_block, blocks * sizeof *of_block),
            tw_u32(count), tw_u32(per_block)),
        "reduce: launch dot");

    int status = sample_exact("reduce", "sum of integers", total != expected);
    double product = 0, right = 0, size = 0;
    for (size_t i = 0; i < blocks; i++) product += of_block[i];
    for (size_t i = 0; i < count; i++) {
        double one = (double)a[i] * b[i];
        right += one;
        size += fabs(one);
    }
    // A thread adds in order, 2^-24 for each addition in the worst case, and all threads' sums meet in trees.
    sample_worst worst = {.allowed = 2e-6};
    sample_compare(&worst, 0, product, right, size);
    return sample_verdict("reduce", "dot product", worst) | status;
}
