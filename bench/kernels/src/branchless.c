// Clamps, minima and a bitonic network over 16 values, without branches: select and compare.
#include "kernel.h"

static inline i32 min(i32 a, i32 b) { return a < b ? a : b; }
static inline i32 max(i32 a, i32 b) { return a > b ? a : b; }

static NOINLINE u32 network(u32 seed) {
    i32 v[16];
    for (int i = 0; i < 16; i++) { seed = seed * 1664525u + 1013904223u; v[i] = (i32)seed >> 8; }
#pragma clang loop unroll(full)
    for (int k = 2; k <= 16; k <<= 1)
#pragma clang loop unroll(full)
        for (int j = k >> 1; j > 0; j >>= 1)
#pragma clang loop unroll(full)
            for (int i = 0; i < 16; i++) {
                int other = i ^ j;
                if (other <= i) continue;
                i32 low = min(v[i], v[other]), high = max(v[i], v[other]);
                v[i] = (i & k) == 0 ? low : high;
                v[other] = (i & k) == 0 ? high : low;
            }
    u32 sum = seed;
    for (int i = 0; i < 16; i++) sum = sum * 3 + (u32)max(min(v[i], 4000000), -4000000);
    return sum;
}

RUN {
    u32 sum = 1;
    for (int i = 0; i < n; i++) sum ^= network(sum + (u32)i);
    return sum;
}
