// Dense product of two n x n matrices of f64, in the cache-friendly order.
#include "kernel.h"
static double a[512 * 512], b[512 * 512], c[512 * 512];

RUN {
    for (int i = 0; i < n * n; i++) { a[i] = i % 7; b[i] = i % 5; c[i] = 0; }
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            double x = a[i * n + k];
            for (int j = 0; j < n; j++) c[i * n + j] += x * b[k * n + j];
        }
    double sum = 0;
    for (int i = 0; i < n * n; i++) sum += c[i];
    return sum;
}
