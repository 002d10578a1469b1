// Product of two n x n matrices of f32 with f32x4, a 4 x 8 tile in registers.
#include "kernel.h"
#include <wasm_simd128.h>
static float a[768 * 768], b[768 * 768], c[768 * 768];

RUN {
    for (int i = 0; i < n * n; i++) { a[i] = (float)(i % 7); b[i] = (float)(i % 5); }
    for (int i = 0; i < n; i += 4)
        for (int j = 0; j < n; j += 8) {
            v128_t t[4][2];
            for (int r = 0; r < 4; r++) t[r][0] = t[r][1] = wasm_f32x4_splat(0);
            for (int k = 0; k < n; k++) {
                v128_t b0 = wasm_v128_load(b + k * n + j), b1 = wasm_v128_load(b + k * n + j + 4);
                for (int r = 0; r < 4; r++) {
                    v128_t x = wasm_v128_load32_splat(a + (i + r) * n + k);
                    t[r][0] = wasm_f32x4_add(t[r][0], wasm_f32x4_mul(x, b0));
                    t[r][1] = wasm_f32x4_add(t[r][1], wasm_f32x4_mul(x, b1));
                }
            }
            for (int r = 0; r < 4; r++) {
                wasm_v128_store(c + (i + r) * n + j, t[r][0]);
                wasm_v128_store(c + (i + r) * n + j + 4, t[r][1]);
            }
        }
    double sum = 0;
    for (int i = 0; i < n * n; i++) sum += c[i];
    return sum;
}
