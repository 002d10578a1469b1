// Dot product and a*x+y over f32x4, n passes over 64 KiB.
#include "kernel.h"
#include <wasm_simd128.h>
enum { Size = 8192 };
static float x[Size], y[Size];

RUN {
    for (int i = 0; i < Size; i++) { x[i] = (float)(i % 13) * 0.25f; y[i] = (float)(i % 7) * 0.5f; }
    double sum = 0;
    v128_t a = wasm_f32x4_splat(0.0009765625f);
    for (int round = 0; round < n; round++) {
        v128_t s0 = wasm_f32x4_splat(0), s1 = s0;
        for (int i = 0; i < Size; i += 8) {
            v128_t x0 = wasm_v128_load(x + i), x1 = wasm_v128_load(x + i + 4);
            v128_t y0 = wasm_v128_load(y + i), y1 = wasm_v128_load(y + i + 4);
            s0 = wasm_f32x4_add(s0, wasm_f32x4_mul(x0, y0));
            s1 = wasm_f32x4_add(s1, wasm_f32x4_mul(x1, y1));
            wasm_v128_store(y + i, wasm_f32x4_add(wasm_f32x4_mul(a, x0), y0));
            wasm_v128_store(y + i + 4, wasm_f32x4_add(wasm_f32x4_mul(a, x1), y1));
        }
        s0 = wasm_f32x4_add(s0, s1);
        sum += wasm_f32x4_extract_lane(s0, 0) + wasm_f32x4_extract_lane(s0, 1) + wasm_f32x4_extract_lane(s0, 2) +
               wasm_f32x4_extract_lane(s0, 3);
    }
    return sum;
}
