// Mandelbrot with f32x4: comparisons to masks, any_true as the loop's exit.
#include "kernel.h"
#include <wasm_simd128.h>

RUN {
    double total = 0;
    float step = 2.0f / (float)n;
    v128_t two = wasm_f32x4_splat(2), four = wasm_f32x4_splat(4);
    for (int y = 0; y < n; y++) {
        v128_t ci = wasm_f32x4_splat((float)y * step - 1);
        for (int x = 0; x < n; x += 4) {
            float fx = (float)x;
            v128_t cr = wasm_f32x4_sub(
                wasm_f32x4_mul(wasm_f32x4_make(fx, fx + 1, fx + 2, fx + 3), wasm_f32x4_splat(step)), wasm_f32x4_splat(1.5f));
            v128_t zr = wasm_f32x4_splat(0), zi = zr, count = wasm_i32x4_splat(0);
            for (int i = 0; i < 200; i++) {
                v128_t rr = wasm_f32x4_mul(zr, zr), ii = wasm_f32x4_mul(zi, zi);
                v128_t inside = wasm_f32x4_lt(wasm_f32x4_add(rr, ii), four);
                if (!wasm_v128_any_true(inside)) break;
                count = wasm_i32x4_sub(count, inside);
                zi = wasm_f32x4_add(wasm_f32x4_mul(two, wasm_f32x4_mul(zr, zi)), ci);
                zr = wasm_f32x4_add(wasm_f32x4_sub(rr, ii), cr);
            }
            total += wasm_i32x4_extract_lane(count, 0) + wasm_i32x4_extract_lane(count, 1) +
                     wasm_i32x4_extract_lane(count, 2) + wasm_i32x4_extract_lane(count, 3);
        }
    }
    return total;
}
