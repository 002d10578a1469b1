#include "kernel.cuh"

// Prices a European call option by simulation: the mean of many discounted payoffs. Launch with blocks of 256 threads.
// Each thread simulates four prices in each of `rounds` rounds, and each block writes the sum of its payoffs and the
// sum of their squares. The random numbers come from Philox 4x32-10 (Salmon et al., 2011), whose n-th block of four is
// a function of n: any thread can compute it, and so can whoever checks.
constexpr u32 THREADS = 256;
constexpr float LOG2_E = 1.44269504f, LN_2 = 0.693147181f, TWO_PI = 6.28318531f;

DEVICE uint4 philox(uint4 counter, u32 key0, u32 key1) {
#pragma unroll
    for (u32 round = 0; round < 10; round++) {
        u64 product0 = (u64)counter.x * 0xD2511F53, product1 = (u64)counter.z * 0xCD9E8D57;
        counter = (uint4){(u32)(product1 >> 32) ^ counter.y ^ key0, (u32)product1,
                          (u32)(product0 >> 32) ^ counter.w ^ key1, (u32)product0};
        key0 += 0x9E3779B9;
        key1 += 0xBB67AE85;
    }
    return counter;
}

// In (0, 1].
DEVICE float uniform(u32 bits) { return ((float)bits + 0.5f) * 2.32830644e-10f; }

KERNEL __launch_bounds__(THREADS) price(
    float *__restrict__ of_block, float spot, float strike, float drift, float volatility, u32 rounds, u32 seed) {
    __shared__ float sums[THREADS / WARP], squares[THREADS / WARP];
    u32 thread = blockIdx.x * THREADS + threadIdx.x;
    float sum = 0, square = 0;
    for (u32 round = 0; round < rounds; round++) {
        uint4 bits = philox((uint4){thread, round, 0, 0}, seed, 0);
#pragma unroll
        for (u32 pair = 0; pair < 2; pair++) {
            // Two normally distributed numbers from two uniform ones (Box and Muller).
            float radius = sqrt_approx(-2 * LN_2 * log2_approx(uniform(pair ? bits.z : bits.x)));
            float angle = TWO_PI * uniform(pair ? bits.w : bits.y);
#pragma unroll
            for (u32 side = 0; side < 2; side++) {
                float normal = radius * (side ? sin_approx(angle) : cos_approx(angle));
                float end = spot * exp2_approx(LOG2_E * (drift + volatility * normal));
                float payoff = __builtin_fmaxf(end - strike, 0);
                sum += payoff;
                square += payoff * payoff;
            }
        }
    }
    sum = block_sum<THREADS / WARP>(sum, sums);
    square = block_sum<THREADS / WARP>(square, squares);
    if (threadIdx.x == 0) {
        of_block[blockIdx.x * 2] = sum;
        of_block[blockIdx.x * 2 + 1] = square;
    }
}
