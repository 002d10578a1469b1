// A 3-tap blur and a saturating blend over 8-bit pixels: widening, narrowing, averages.
#include "kernel.h"
#include <wasm_simd128.h>
enum { Size = 1 << 18 };
static u8 from[Size + 32], to[Size + 32];

RUN {
    random_state = 61;
    for (int i = 0; i < Size + 32; i++) from[i] = (u8)(random_u32() >> 24);
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < Size; i += 16) {
            v128_t l = wasm_v128_load(from + i), m = wasm_v128_load(from + i + 1), r = wasm_v128_load(from + i + 2);
            v128_t low = wasm_i16x8_add(wasm_i16x8_add(wasm_u16x8_extend_low_u8x16(l), wasm_u16x8_extend_low_u8x16(r)),
                                        wasm_i16x8_shl(wasm_u16x8_extend_low_u8x16(m), 1));
            v128_t high = wasm_i16x8_add(wasm_i16x8_add(wasm_u16x8_extend_high_u8x16(l), wasm_u16x8_extend_high_u8x16(r)),
                                         wasm_i16x8_shl(wasm_u16x8_extend_high_u8x16(m), 1));
            v128_t blurred = wasm_u8x16_narrow_i16x8(wasm_u16x8_shr(low, 2), wasm_u16x8_shr(high, 2));
            v128_t lit = wasm_u8x16_add_sat(blurred, wasm_u8x16_splat((u8)(round & 3)));
            wasm_v128_store(to + i, wasm_u8x16_avgr(lit, wasm_u8x16_min(m, r)));
        }
        for (int i = 0; i < Size; i += 16) wasm_v128_store(from + i, wasm_v128_load(to + i));
        from[round * 7919u % Size] ^= 0x55;
    }
    double sum = 0;
    for (int i = 0; i < Size; i++) sum += from[i] * (i & 15);
    return sum;
}
