// Validates UTF-8 by table look-ups on nibbles (swizzle), shuffles of neighbours and saturating subtraction.
#include "kernel.h"
#include <wasm_simd128.h>
enum { Size = 1 << 16 };
static u8 text[Size];
enum {
    TooShort = 1, TooLong = 2, Overlong3 = 4, TooLarge = 8, Surrogate = 16, Overlong2 = 32, TooLarge1000 = 64,
    Overlong4 = 64, TwoContinuations = 128, Carry = TooShort | TooLong | TwoContinuations
};

static NOINLINE int valid(const u8 *p, int length) {
    const v128_t first_high = wasm_u8x16_make(
        TooLong, TooLong, TooLong, TooLong, TooLong, TooLong, TooLong, TooLong,
        TwoContinuations, TwoContinuations, TwoContinuations, TwoContinuations,
        TooShort | Overlong2, TooShort, TooShort | Overlong3 | Surrogate, TooShort | TooLarge | TooLarge1000 | Overlong4);
    const u8 big = Carry | TooLarge | TooLarge1000;
    const v128_t first_low = wasm_u8x16_make(
        Carry | Overlong3 | Overlong2 | Overlong4, Carry | Overlong2, Carry, Carry, Carry | TooLarge,
        big, big, big, big, big, big, big, big, big | Surrogate, big, big);
    const v128_t second_high = wasm_u8x16_make(
        TooShort, TooShort, TooShort, TooShort, TooShort, TooShort, TooShort, TooShort,
        TooLong | Overlong2 | TwoContinuations | Overlong3 | TooLarge1000 | Overlong4,
        TooLong | Overlong2 | TwoContinuations | Overlong3 | TooLarge,
        TooLong | Overlong2 | TwoContinuations | Surrogate | TooLarge,
        TooLong | Overlong2 | TwoContinuations | Surrogate | TooLarge,
        TooShort, TooShort, TooShort, TooShort);
    const v128_t nibble = wasm_u8x16_splat(15), high_bit = wasm_u8x16_splat(0x80);
    v128_t previous = wasm_u8x16_splat(0), error = previous;
    for (int i = 0; i < length; i += 16) {
        v128_t in = wasm_v128_load(p + i);
        v128_t prev1 = wasm_i8x16_shuffle(previous, in, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
        v128_t prev2 = wasm_i8x16_shuffle(previous, in, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
        v128_t prev3 = wasm_i8x16_shuffle(previous, in, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
        v128_t special = wasm_v128_and(
            wasm_v128_and(wasm_i8x16_swizzle(first_high, wasm_u8x16_shr(prev1, 4)),
                          wasm_i8x16_swizzle(first_low, wasm_v128_and(prev1, nibble))),
            wasm_i8x16_swizzle(second_high, wasm_u8x16_shr(in, 4)));
        v128_t third = wasm_u8x16_sub_sat(prev2, wasm_u8x16_splat(0xe0 - 0x80));
        v128_t fourth = wasm_u8x16_sub_sat(prev3, wasm_u8x16_splat(0xf0 - 0x80));
        v128_t must = wasm_v128_and(wasm_v128_or(third, fourth), high_bit);
        error = wasm_v128_or(error, wasm_v128_xor(must, special));
        previous = in;
    }
    return !wasm_v128_any_true(error);
}

RUN {
    static const u8 sample[] = "Gr\xc3\xbc\xc3\x9f" "e, \xe2\x82\xac 5 \xf0\x9f\x98\x80 ascii text follows here; ";
    for (int i = 0; i < Size; i++) text[i] = ' ';
    for (int i = 0; i + 64 < Size; i += sizeof sample - 1)
        for (u32 k = 0; k < sizeof sample - 1; k++) text[i + k] = sample[k];
    int good = 0;
    for (int round = 0; round < n; round++) {
        text[Size - 32] = round % 5 ? ' ' : 0xc3;
        good += valid(text, Size);
    }
    return good;
}
