// n forward transforms of 2^14 complex f64, in place, with twiddles by recurrence.
#include "kernel.h"
enum { Bits = 14, Size = 1 << Bits };
static double re[Size], im[Size];
// cos and sin of -2*pi/2^k, k = 1..14.
static double cosines[Bits + 1], sines[Bits + 1];

static void prepare(void) {
    cosines[1] = -1; sines[1] = 0;
    cosines[2] = 0; sines[2] = -1;
    for (int k = 3; k <= Bits; k++) {
        cosines[k] = __builtin_sqrt((1 + cosines[k - 1]) / 2);
        sines[k] = -__builtin_sqrt((1 - cosines[k - 1]) / 2);
    }
}

static NOINLINE void transform(void) {
    for (u32 i = 1, j = 0; i < Size; i++) {
        u32 bit = Size >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) {
            double t = re[i]; re[i] = re[j]; re[j] = t;
            t = im[i]; im[i] = im[j]; im[j] = t;
        }
    }
    for (int k = 1; k <= Bits; k++) {
        int half = 1 << (k - 1);
        for (int base = 0; base < Size; base += half * 2) {
            double wr = 1, wi = 0;
            for (int i = base; i < base + half; i++) {
                double xr = re[i + half] * wr - im[i + half] * wi, xi = re[i + half] * wi + im[i + half] * wr;
                re[i + half] = re[i] - xr; im[i + half] = im[i] - xi;
                re[i] += xr; im[i] += xi;
                double t = wr * cosines[k] - wi * sines[k];
                wi = wr * sines[k] + wi * cosines[k];
                wr = t;
            }
        }
    }
}

RUN {
    prepare();
    for (int i = 0; i < Size; i++) { re[i] = (i * 37) % 101 - 50; im[i] = 0; }
    double sum = 0;
    for (int round = 0; round < n; round++) {
        transform();
        for (int i = 0; i < Size; i++) { re[i] *= 1.0 / 128; im[i] *= 1.0 / 128; }
        sum += re[1] + im[Size / 3];
    }
    return sum;
}
