#include "kernel.cuh"

// Launch with blocks of 256 threads. A block reduces `per_block` elements, a multiple of 4, from its own start.
constexpr u32 THREADS = 256;

// The sum modulo 2^32, added to *total: a warp's sum is one instruction, and one atomic operation a warp follows.
KERNEL __launch_bounds__(THREADS) sum(const u32 *__restrict__ values, u32 *total, u32 count, u32 per_block) {
    u32 begin = blockIdx.x * per_block;
    u32 end = min(begin + per_block, count);
    u32 groups = begin < end ? (end - begin) / 4 : 0;
    const uint4 *group = (const uint4 *)(values + begin);
    u32 sum = 0;
    for (u32 i = threadIdx.x; i < groups; i += THREADS) {
        uint4 value = group[i];
        sum += value.x + value.y + value.z + value.w;
    }
    // The last block's last three at most.
    u32 rest = begin + groups * 4 + threadIdx.x;
    if (rest < end) sum += values[rest];
    u32 of_warp = warp_sum(sum);
    if (threadIdx.x % WARP == 0) atomic_add(total, of_warp);
}

// The dot product of each block's part, so that the order of additions, and so the answer, is always the same.
KERNEL __launch_bounds__(THREADS) dot(
    const float *__restrict__ a, const float *__restrict__ b, float *__restrict__ of_block, u32 count, u32 per_block) {
    __shared__ float of_warp[THREADS / WARP];
    u32 begin = blockIdx.x * per_block;
    u32 end = min(begin + per_block, count);
    u32 groups = begin < end ? (end - begin) / 4 : 0;
    const float4 *as = (const float4 *)(a + begin), *bs = (const float4 *)(b + begin);
    float4 sums = 0;
    for (u32 i = threadIdx.x; i < groups; i += THREADS) sums += as[i] * bs[i];
    u32 rest = begin + groups * 4 + threadIdx.x;
    if (rest < end) sums.x += a[rest] * b[rest];
    float sum = block_sum<THREADS / WARP>(sums.x + sums.y + sums.z + sums.w, of_warp);
    if (threadIdx.x == 0) of_block[blockIdx.x] = sum;
}
