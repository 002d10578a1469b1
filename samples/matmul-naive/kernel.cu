#include "kernel.cuh"

// C = A * B, row by row: A is m x k, B is k x n. Each thread computes one element, straight from global memory.
KERNEL matmul(
    const float *__restrict__ a, const float *__restrict__ b, float *__restrict__ c, u32 m, u32 n, u32 k) {
    u32 column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row >= m || column >= n) return;

    const float *of_row = a + (u64)row * k, *of_column = b + column;
    float sum = 0;
    for (u32 i = 0; i < k; i++) sum += of_row[i] * of_column[(u64)i * n];
    c[(u64)row * n + column] = sum;
}
