#include "kernel.cuh"

// Launch with blocks of 256 threads, one a row. A row has `groups` groups of four columns:
// out = in / sqrt(mean(in^2) + epsilon) * weight.
constexpr u32 THREADS = 256;

KERNEL __launch_bounds__(THREADS) rmsnorm(
    const float *__restrict__ in, const float *__restrict__ weight, float *__restrict__ out, u32 groups,
    float epsilon) {
    __shared__ float of_warp[THREADS / WARP];
    const float4 *row = (const float4 *)in + (u64)blockIdx.x * groups;
    const float4 *weights = (const float4 *)weight;
    float4 *result = (float4 *)out + (u64)blockIdx.x * groups;

    float4 squares = 0;
    for (u32 i = threadIdx.x; i < groups; i += THREADS) squares += row[i] * row[i];
    float sum = block_sum<THREADS / WARP>(squares.x + squares.y + squares.z + squares.w, of_warp);
    float scale = rsqrt_approx(sum / (float)(groups * 4) + epsilon);
    for (u32 i = threadIdx.x; i < groups; i += THREADS) result[i] = row[i] * scale * weights[i];
}
