// tensorwasm run --gpu auto samples/matvec/guest.wasm [ROWS [COLUMNS]]
#define TENSORWASM_CUDA "wasi:cuda/host@0.1.0"
#include "sample.h"
#include "tensorwasm.h"

static const char ptx[] = {
#embed "kernel.ptx"
};

int main(int argc, char **argv) {
    uint32_t rows = sample_size(argc, argv, 1, 500, 1, 1 << 20), columns = sample_size(argc, argv, 2, 512, 4, 1 << 20);
    columns = columns / 4 * 4;
    size_t count = (size_t)rows * columns;
    float *matrix = sample_floats(count, 1), *x = sample_floats(columns, 2), *y = sample_alloc(rows, sizeof *y);

    tw_kernel kernel = tw_load(ptx, sizeof ptx, "matvec");
    tw_require(kernel, "matvec: load");
    tw_require(
        tw_launch(
            kernel, tw_1d(rows * 32, 256), 0, tw_in(matrix, count * sizeof *matrix), tw_in(x, columns * sizeof *x),
            tw_out(y, rows * sizeof *y), tw_u32(rows), tw_u32(columns / 4)),
        "matvec: launch");

    sample_worst worst = {.allowed = 2e-6};
    for (size_t row = 0; row < rows; row += sample_stride(rows, columns, 5e7)) {
        double right = 0, size = 0;
        for (size_t i = 0; i < columns; i++) {
            double one = (double)matrix[row * columns + i] * x[i];
            right += one;
            size += fabs(one);
        }
        sample_compare(&worst, row, y[row], right, size);
    }
    return sample_verdict("matvec", "elements", worst);
}
