// tensorwasm run --gpu auto samples/matmul-naive/guest.wasm [M [N [K]]]
#include "matmul.h"
#include "tensorwasm.h"

static const char ptx[] = {
#embed "kernel.ptx"
};

int main(int argc, char **argv) {
    matmul_sizes s = matmul_read(argc, argv, 200);
    float *a = sample_floats((size_t)s.m * s.k, 1), *b = sample_floats((size_t)s.k * s.n, 2);
    float *c = sample_alloc((size_t)s.m * s.n, sizeof *c);

    tw_kernel kernel = tw_load(ptx, sizeof ptx, "matmul");
    tw_require(kernel, "matmul-naive: load");
    tw_require(
        tw_launch(
            kernel, tw_2d(s.n, s.m, 32, 8), 0, tw_in(a, (size_t)s.m * s.k * sizeof *a),
            tw_in(b, (size_t)s.k * s.n * sizeof *b), tw_out(c, (size_t)s.m * s.n * sizeof *c), tw_u32(s.m), tw_u32(s.n),
            tw_u32(s.k)),
        "matmul-naive: launch");
    return matmul_verdict("matmul-naive", s, a, b, c);
}
