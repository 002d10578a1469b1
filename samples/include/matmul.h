// What the multiplications of matrices share: C = A * B, row by row, A m x k, B k x n, and how C is checked.
#ifndef MATMUL_H
#define MATMUL_H

#include "sample.h"

typedef struct matmul_sizes {
    uint32_t m, n, k;
} matmul_sizes;

// [M [N [K]]] from the command line; a number that is not there is the one before it.
static inline matmul_sizes matmul_read(int argc, char **argv, uint32_t otherwise) {
    uint32_t m = sample_size(argc, argv, 1, otherwise, 1, 1 << 15), n = sample_size(argc, argv, 2, m, 1, 1 << 15);
    return (matmul_sizes){m, n, sample_size(argc, argv, 3, n, 1, 1 << 15)};
}

// Compares C, or where that takes long each n-th of its elements, with sums computed here.
static inline int matmul_verdict(const char *name, matmul_sizes s, const float *a, const float *b, const float *c) {
    // The error of a sum in any order is at most k * 2^-24 of the sum of sizes; rounding seldom goes one way only.
    sample_worst worst = {.allowed = 4e-6};
    size_t count = (size_t)s.m * s.n, stride = sample_stride((double)count, s.k, 1e8);
    // No multiple of the row's length, or one column would stand for all.
    if (stride > 1 && stride % s.n == 0) stride++;
    for (size_t at = 0; at < count; at += stride) {
        const float *row = a + at / s.n * s.k, *column = b + at % s.n;
        double right = 0, size = 0;
        for (size_t i = 0; i < s.k; i++) {
            double one = (double)row[i] * column[i * s.n];
            right += one;
            size += fabs(one);
        }
        sample_compare(&worst, at, c[at], right, size);
    }
    return sample_verdict(name, "elements", worst);
}

#endif
