#include "kernel.cuh"

// A convolution with a filter of 5 x 5, zeros beyond the image's edges. Launch with blocks of 256 threads, one for each
// tile of 32 x 64. A warp goes down eight rows of the tile: each row it reads counts for five rows of the result, whose
// sums are under way at the same time.
constexpr u32 THREADS = 256, WIDTH = 32, HEIGHT = 64, ROWS = HEIGHT / (THREADS / WARP), FILTER = 5, RADIUS = FILTER / 2;
constexpr u32 PITCH = WIDTH + 2 * RADIUS, AREA = PITCH * (HEIGHT + 2 * RADIUS);

KERNEL __launch_bounds__(THREADS) convolve(
    const float *__restrict__ in, const float *__restrict__ filter, float *__restrict__ out, u32 width, u32 height) {
    __shared__ float tile[AREA];
    __shared__ float weights[FILTER * FILTER];
    u32 thread = threadIdx.x, left = blockIdx.x * WIDTH, top = blockIdx.y * HEIGHT;
    if (thread < FILTER * FILTER) weights[thread] = filter[thread];
#pragma unroll
    for (u32 first = 0; first < AREA; first += THREADS) {
        u32 i = first + thread, x = left + i % PITCH - RADIUS, y = top + i / PITCH - RADIUS;
        // Coordinates left of or above the image wrap to large ones.
        if (i < AREA) tile[i] = x < width && y < height ? in[(u64)y * width + x] : 0;
    }
    __syncthreads();

    u32 lane = thread % WARP, first_row = thread / WARP * ROWS, x = left + lane;
    float sums[FILTER] = {};
#pragma unroll
    for (u32 row = 0; row < ROWS + FILTER - 1; row++) {
        float next[FILTER] = {};
#pragma unroll
        for (u32 dx = 0; dx < FILTER; dx++) {
            float value = tile[(first_row + row) * PITCH + lane + dx];
#pragma unroll
            for (u32 dy = 0; dy < FILTER; dy++)
                next[dy] = (dx > 0 ? next[dy] : dy > 0 ? sums[dy - 1] : 0) + value * weights[dy * FILTER + dx];
        }
#pragma unroll
        for (u32 dy = 0; dy < FILTER; dy++) sums[dy] = next[dy];
        u32 y = top + first_row + row - (FILTER - 1);
        if (row >= FILTER - 1 && x < width && y < height) out[(u64)y * width + x] = sums[FILTER - 1];
    }
}
