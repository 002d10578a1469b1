// Calls with ten arguments of all four number types.
#include "kernel.h"

static NOINLINE double mix(i32 a, double b, i64 c, float d, i32 e, double f, i64 g, float h, i32 i, double j) {
    return a + b * 0.5 + (double)(c ^ g) + (d - h) * 0.25f + (e & i) + f - j;
}

static NOINLINE double relay(i32 a, double b, i64 c, float d, i32 e, double f, i64 g, float h, i32 i, double j) {
    return mix(i, j, g, h, e, f, c, d, a, b) + mix(a, f, c, d, i, b, g, h, e, j);
}

RUN {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double x = i & 1023;
        sum += relay(i, x, i * 3ll, (float)x, i >> 3, x * 2, i * 5ll, (float)(i & 7), i + 1, sum * 1e-9);
    }
    return sum;
}
