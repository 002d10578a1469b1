// tensorwasm run --gpu auto samples/softmax/guest.wasm [ROWS [COLUMNS]]
#include "sample.h"
#include "tensorwasm.h"

static const char ptx[] = {
#embed "kernel.ptx"
};

int main(int argc, char **argv) {
    uint32_t rows = sample_size(argc, argv, 1, 64, 1, 1 << 20), columns = sample_size(argc, argv, 2, 1000, 4, 1 << 20);
    columns = columns / 4 * 4;
    size_t count = (size_t)rows * columns, bytes = count * sizeof(float);
    float *in = sample_floats(count, 1), *out = sample_alloc(count, sizeof *out);
    for (size_t i = 0; i < count; i++) in[i] *= 10;

    tw_kernel kernel = tw_load(ptx, sizeof ptx, "softmax");
    tw_require(kernel, "softmax: load");
    tw_require(
        tw_launch(kernel, tw_blocks(rows, 1, 256), 0, tw_in(in, bytes), tw_out(out, bytes), tw_u32(columns / 4)),
        "softmax: launch");

    sample_worst worst = {.allowed = 5e-6};
    for (size_t row = 0; row < rows; row += sample_stride(rows, columns, 1e7)) {
        float max = -INFINITY;
        double sum = 0;
        for (size_t i = row * columns; i < (row + 1) * columns; i++) max = fmaxf(max, in[i]);
        for (size_t i = row * columns; i < (row + 1) * columns; i++) sum += exp((double)in[i] - max);
        for (size_t i = row * columns; i < (row + 1) * columns; i++) {
            double right = exp((double)in[i] - max) / sum;
            sample_compare(&worst, i, out[i], right, right);
        }
    }
    return sample_verdict("softmax", "rows", worst);
}
