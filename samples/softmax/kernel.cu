#include "kernel.cuh"

// Launch with blocks of 256 threads, one a row. A row has `groups` groups of four columns.
// The row is read twice: once for its maximum and the sum of exponentials, which is scaled down whenever the maximum
// grows, and once to write the result.
constexpr u32 THREADS = 256;
constexpr float LOG2_E = 1.44269504f;

KERNEL __launch_bounds__(THREADS) softmax(const float *__restrict__ in, float *__restrict__ out, u32 groups) {
    __shared__ float max_of_warp[THREADS / WARP], sum_of_warp[THREADS / WARP];
    const float4 *row = (const float4 *)in + (u64)blockIdx.x * groups;
    float4 *result = (float4 *)out + (u64)blockIdx.x * groups;

    float max = -3.0e38f, sum = 0;
    for (u32 i = threadIdx.x; i < groups; i += THREADS) {
        float4 x = row[i] * LOG2_E;
        float larger = __builtin_fmaxf(
            __builtin_fmaxf(max, x.x), __builtin_fmaxf(x.y, __builtin_fmaxf(x.z, x.w)));
        sum = sum * exp2_approx(max - larger) + exp2_approx(x.x - larger) + exp2_approx(x.y - larger)
            + exp2_approx(x.z - larger) + exp2_approx(x.w - larger);
        max = larger;
    }

    float of_warp = warp_max(max);
    if (threadIdx.x % WARP == 0) max_of_warp[threadIdx.x / WARP] = of_warp;
    __syncthreads();
    float of_block = max_of_warp[0];
#pragma unroll
    for (u32 i = 1; i < THREADS / WARP; i++) of_block = __builtin_fmaxf(of_block, max_of_warp[i]);
    sum = block_sum<THREADS / WARP>(sum * exp2_approx(max - of_block), sum_of_warp);

    float scale = 1 / sum;
    for (u32 i = threadIdx.x; i < groups; i += THREADS) {
        float4 x = row[i] * LOG2_E - of_block;
        result[i] = (float4){exp2_approx(x.x), exp2_approx(x.y), exp2_approx(x.z), exp2_approx(x.w)} * scale;
    }
}
