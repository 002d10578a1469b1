#include "kernel.cuh"

// Counts bytes. Launch with blocks of 256 threads; each block reads `per_block` bytes, a multiple of 16, from its own
// start. Each warp counts in shared memory of its own, so that few lanes meet in a counter.
constexpr u32 THREADS = 256, BINS = 256, WARPS = THREADS / WARP;

KERNEL __launch_bounds__(THREADS) histogram(const u8 *__restrict__ bytes, u32 *totals, u32 count, u32 per_block) {
    __shared__ u32 counters[WARPS][BINS];
    u32 thread = threadIdx.x;
#pragma unroll
    for (u32 i = 0; i < WARPS; i++) counters[i][thread] = 0;
    __syncthreads();

    u32 *of_warp = counters[thread / WARP];
    u32 begin = blockIdx.x * per_block, end = min(begin + per_block, count);
    u32 groups = begin < end ? (end - begin) / 16 : 0;
    const uint4 *group = (const uint4 *)(bytes + begin);
    for (u32 i = thread; i < groups; i += THREADS) {
        uint4 four = group[i];
#pragma unroll
        for (u32 j = 0; j < 4; j++) {
            u32 word = four[j];
            atomic_add(&of_warp[word & 255], 1);
            atomic_add(&of_warp[word >> 8 & 255], 1);
            atomic_add(&of_warp[word >> 16 & 255], 1);
            atomic_add(&of_warp[word >> 24], 1);
        }
    }
    // The last block's last fifteen at most.
    u32 rest = begin + groups * 16 + thread;
    if (rest < end) atomic_add(&of_warp[bytes[rest]], 1);
    __syncthreads();

    u32 total = 0;
#pragma unroll
    for (u32 i = 0; i < WARPS; i++) total += counters[i][thread];
    if (total > 0) atomic_add(&totals[thread], total);
}
