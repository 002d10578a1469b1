// Between i32, i64, f32 and f64 and back, with rounding and saturating truncation.
#include "kernel.h"

RUN {
    double sum = 0;
    u64 bits = 88172645463325252ull;
    for (int i = 0; i < n; i++) {
        bits ^= bits << 13; bits ^= bits >> 7; bits ^= bits << 17;
        double d = (double)(i64)bits * 1e-9;
        float f = (float)d;
        i32 a = (i32)__builtin_floor(d * 1e-3);
        u32 b = (u32)__builtin_fabs(d);
        i64 c = (i64)(f * 3.0f);
        u64 e = (u64)__builtin_fabsf(f);
        sum += (double)(a ^ (i32)b) + (float)c * 0.5f + (double)e * 0.25 + __builtin_trunc(d) - __builtin_rint(d);
    }
    return sum;
}
