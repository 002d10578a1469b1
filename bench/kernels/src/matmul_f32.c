// Dense product of two n x n matrices of f32, tiled 4 x 4 in registers.
#include "kernel.h"
static float a[512 * 512], b[512 * 512], c[512 * 512];

RUN {
    for (int i = 0; i < n * n; i++) { a[i] = (float)(i % 7); b[i] = (float)(i % 5); }
    for (int i = 0; i < n; i += 4)
        for (int j = 0; j < n; j += 4) {
            float t[4][4] = {{0}};
            for (int k = 0; k < n; k++)
                for (int y = 0; y < 4; y++)
                    for (int x = 0; x < 4; x++) t[y][x] += a[(i + y) * n + k] * b[k * n + j + x];
            for (int y = 0; y < 4; y++)
                for (int x = 0; x < 4; x++) c[(i + y) * n + j + x] = t[y][x];
        }
    double sum = 0;
    for (int i = 0; i < n * n; i++) sum += c[i];
    return sum;
}
