#include "kernel.cuh"

// C = A * B, row by row: A is m x k, B is k x n. Launch with blocks of 256 threads, one for each 64 x 64 tile of C.
// A block brings 16 columns of A and 16 rows of B into shared memory at a time; each thread keeps 4 x 4 sums in
// registers, so that 8 numbers read from shared memory feed 16 multiplications.
constexpr u32 THREADS = 256, TILE = 64, DEPTH = 16, PADDING = 4;

KERNEL __launch_bounds__(THREADS) matmul(
    const float *__restrict__ a, const float *__restrict__ b, float *__restrict__ c, u32 m, u32 n, u32 k) {
    // A's part is turned, so that a thread's four rows lie side by side.
    __shared__ __attribute__((aligned(16))) float as[DEPTH][TILE + PADDING];
    __shared__ __attribute__((aligned(16))) float bs[DEPTH][TILE];
    u32 thread = threadIdx.x, row = blockIdx.y * TILE, column = blockIdx.x * TILE;
    u32 a_row = thread / DEPTH, a_depth = thread % DEPTH, b_depth = thread / TILE, b_column = thread % TILE;
    constexpr u32 A_STEP = THREADS / DEPTH, B_STEP = THREADS / TILE;
    const float *from_a = a + (u64)(row + a_row) * k + a_depth;
    const float *from_b = b + (u64)b_depth * n + column + b_column;
    u32 tx = thread % (TILE / 4) * 4, ty = thread / (TILE / 4) * 4;

    float4 sums[4] = {};
    for (u32 depth = 0; depth < k; depth += DEPTH) {
#pragma unroll
        for (u32 i = 0; i < TILE; i += A_STEP)
            as[a_depth][a_row + i] =
                row + a_row + i < m && depth + a_depth < k ? from_a[(u64)i * k + depth] : 0;
#pragma unroll
        for (u32 i = 0; i < DEPTH; i += B_STEP)
            bs[b_depth + i][b_column] =
                column + b_column < n && depth + b_depth + i < k ? from_b[(u64)(depth + i) * n] : 0;
        __syncthreads();
#pragma unroll
        for (u32 i = 0; i < DEPTH; i++) {
            float4 of_a = *(float4 *)&as[i][ty], of_b = *(float4 *)&bs[i][tx];
            sums[0] += of_a.x * of_b;
            sums[1] += of_a.y * of_b;
            sums[2] += of_a.z * of_b;
            sums[3] += of_a.w * of_b;
        }
        __syncthreads();
    }

#pragma unroll
    for (u32 i = 0; i < 4; i++)
#pragma unroll
        for (u32 j = 0; j < 4; j++)
            if (row + ty + i < m && column + tx + j < n) c[(u64)(row + ty + i) * n + column + tx + j] = sums[i][j];
}
