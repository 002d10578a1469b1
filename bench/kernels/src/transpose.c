// Transposes a 1024 x 1024 matrix of f64 in blocks, n times, then streams through it.
#include "kernel.h"
enum { Side = 1024, Block = 16 };
static double a[Side * Side], b[Side * Side];

RUN {
    for (int i = 0; i < Side * Side; i++) a[i] = i % 1001;
    double sum = 0;
    for (int round = 0; round < n; round++) {
        const double *from = round & 1 ? b : a;
        double *to = round & 1 ? a : b;
        for (int y = 0; y < Side; y += Block)
            for (int x = 0; x < Side; x += Block)
                for (int j = 0; j < Block; j++)
                    for (int i = 0; i < Block; i++) to[(x + i) * Side + y + j] = from[(y + j) * Side + x + i];
        for (int i = 0; i < Side * Side; i++) to[i] += from[i] * 0.5;
        sum += to[12345];
    }
    return sum;
}
