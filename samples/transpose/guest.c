// tensorwasm run --gpu auto samples/transpose/guest.wasm [ROWS [COLUMNS]]
#define TENSORWASM_CUDA "wasi:cuda/host@0.1.0"
#include "sample.h"
#include "tensorwasm.h"

static const char ptx[] = {
#embed "kernel.ptx"
};

int main(int argc, char **argv) {
    uint32_t rows = sample_size(argc, argv, 1, 300, 1, 1 << 15), columns = sample_size(argc, argv, 2, 500, 1, 1 << 15);
    size_t count = (size_t)rows * columns, bytes = count * sizeof(uint32_t);
    uint32_t *in = sample_alloc(count, sizeof *in), *out = sample_alloc(count, sizeof *out);
    for (size_t i = 0; i < count; i++) in[i] = sample_bits(i);

    tw_kernel kernel = tw_load(ptx, sizeof ptx, "transpose");
    tw_require(kernel, "transpose: load");
    tw_require(
        tw_launch(
            kernel, tw_blocks((columns + 31) / 32, (rows + 31) / 32, 256), 0, tw_in(in, bytes), tw_out(out, bytes),
            tw_u32(rows), tw_u32(columns)),
        "transpose: launch");

    size_t wrong = 0;
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++)
            wrong += out[column * rows + row] != in[row * columns + column];
    return sample_exact("transpose", "elements", wrong);
}
