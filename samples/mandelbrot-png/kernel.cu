#include "kernel.cuh"

// For each pixel the number of steps until z = z^2 + c leaves the circle of radius 4, at most `limit`, a multiple of
// 16. Launch with blocks of 256 threads, one for each tile of 32 x 8 pixels. Sixteen steps run without a branch: what
// has left stays outside, so the steps inside can be counted by comparing. Multiplications and additions stay apart,
// so that the numbers of steps are those of any IEEE 754 machine.
constexpr u32 THREADS = 256, WIDTH = 32, HEIGHT = THREADS / WIDTH, BATCH = 16;

KERNEL __launch_bounds__(THREADS) mandelbrot(
    u32 *__restrict__ steps, u32 width, u32 height, float left, float top, float scale, u32 limit) {
#pragma clang fp contract(off)
    u32 x = blockIdx.x * WIDTH + threadIdx.x % WIDTH, y = blockIdx.y * HEIGHT + threadIdx.x / WIDTH;
    if (x >= width || y >= height) return;

    float cr = left + (float)x * scale, ci = top + (float)y * scale;
    float zr = 0, zi = 0, rr = 0, ii = 0;
    u32 count = 0;
    for (u32 done = 0; done < limit && rr + ii < 16; done += BATCH) {
#pragma unroll
        for (u32 i = 0; i < BATCH; i++) {
            zi = 2 * zr * zi + ci;
            zr = rr - ii + cr;
            rr = zr * zr;
            ii = zi * zi;
            count += rr + ii < 16;
        }
    }
    steps[(u64)y * width + x] = count;
}
