// Power method on an implicit n x n matrix: integer-to-float conversions and divisions.
#include "kernel.h"
static double u[4096], v[4096], t[4096];

static inline double element(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static NOINLINE void multiply(int n, const double *x, double *y) {
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++) sum += element(i, j) * x[j];
        y[i] = sum;
    }
}

static NOINLINE void multiply_transposed(int n, const double *x, double *y) {
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++) sum += element(j, i) * x[j];
        y[i] = sum;
    }
}

RUN {
    for (int i = 0; i < n; i++) u[i] = 1;
    for (int i = 0; i < 10; i++) {
        multiply(n, u, t); multiply_transposed(n, t, v);
        multiply(n, v, t); multiply_transposed(n, t, u);
    }
    double uv = 0, vv = 0;
    for (int i = 0; i < n; i++) { uv += u[i] * v[i]; vv += v[i] * v[i]; }
    return __builtin_sqrt(uv / vv);
}
