#include "kernel.cuh"

// Launch with blocks of 256 threads, each block for a tile of 32 x 32. Rows are read and rows are written, so both
// are whole cache lines; the turn happens in shared memory, where a column of padding keeps the banks apart.
constexpr u32 TILE = 32, ROWS = 8, THREADS = TILE * ROWS;

KERNEL __launch_bounds__(THREADS) transpose(
    const u32 *__restrict__ in, u32 *__restrict__ out, u32 rows, u32 columns) {
    __shared__ u32 tile[TILE][TILE + 1];
    u32 lane = threadIdx.x % TILE, row = threadIdx.x / TILE;
    u32 x = blockIdx.x * TILE + lane, y = blockIdx.y * TILE + row;
#pragma unroll
    for (u32 i = 0; i < TILE; i += ROWS)
        if (x < columns && y + i < rows) tile[row + i][lane] = in[(u64)(y + i) * columns + x];
    __syncthreads();

    x = blockIdx.y * TILE + lane, y = blockIdx.x * TILE + row;
#pragma unroll
    for (u32 i = 0; i < TILE; i += ROWS)
        if (x < rows && y + i < columns) out[(u64)(y + i) * rows + x] = tile[lane][row + i];
}
