#include "kernel.cuh"

// Launch with blocks of 256 threads: a warp computes one row of y = A * x, A having `groups` groups of four columns.
constexpr u32 THREADS = 256;

KERNEL __launch_bounds__(THREADS) matvec(
    const float *__restrict__ matrix, const float *__restrict__ x, float *__restrict__ y, u32 rows, u32 groups) {
    u32 row = blockIdx.x * (THREADS / WARP) + threadIdx.x / WARP;
    if (row >= rows) return;

    const float4 *of_row = (const float4 *)matrix + (u64)row * groups, *vector = (const float4 *)x;
    float4 sums = 0;
#pragma unroll 4
    for (u32 i = threadIdx.x % WARP; i < groups; i += WARP) sums += of_row[i] * vector[i];
    float sum = warp_sum(sums.x + sums.y + sums.z + sums.w);
    if (threadIdx.x % WARP == 0) y[row] = sum;
}
