#include "kernel.cuh"

// C = A * B on tensor cores: A (m x k) and B (k x n) have half-precision elements, C single-precision ones, all row by
// row. m and n are multiples of 128, k of 64. Launch with blocks of 256 threads, one for each 128 x 128 tile of C.
//
// A block keeps two slices of 32 columns of A and 32 rows of B in shared memory: one is multiplied while cp.async
// brings the next. A warp computes 64 x 32 elements with mma.sync of 16 x 8 x 16. The 16-byte pieces of each row are
// permuted, so that the eight rows that ldmatrix reads at once lie in different banks.
constexpr u32 THREADS = 256, TILE = 128, DEPTH = 32;
constexpr u32 A_ROW = DEPTH * 2, B_ROW = TILE * 2, SLICE = TILE * DEPTH * 2;

DEVICE u32 shared_address(const void *pointer) {
    return (u32)(u64)(__attribute__((address_space(3))) const void *)pointer;
}

DEVICE u64 global_address(const void *pointer) {
    return (u64)(__attribute__((address_space(1))) const void *)pointer;
}

DEVICE void copy_async(u32 to, const void *from) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(global_address(from)) : "memory");
}

DEVICE void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

template <u32 PENDING> DEVICE void wait_copies() { asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory"); }

DEVICE uint4 load_matrices(u32 from) {
    uint4 r;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r.x), "=r"(r.y), "=r"(r.z), "=r"(r.w) : "r"(from) : "memory");
    return r;
}

DEVICE uint4 load_matrices_turned(u32 from) {
    uint4 r;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r.x), "=r"(r.y), "=r"(r.z), "=r"(r.w) : "r"(from) : "memory");
    return r;
}

DEVICE void multiply(float4 &c, uint4 a, u32 b0, u32 b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
                 "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(c.x), "+f"(c.y), "+f"(c.z), "+f"(c.w)
                 : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b0), "r"(b1));
}

KERNEL __launch_bounds__(THREADS) matmul(
    const u16 *__restrict__ a, const u16 *__restrict__ b, float *__restrict__ c, u32 n, u32 k) {
    __shared__ __attribute__((aligned(128))) u8 as[2 * SLICE], bs[2 * SLICE];
    u32 thread = threadIdx.x, lane = thread % WARP, warp = thread / WARP;
    u64 row = (u64)blockIdx.y * TILE, column = (u64)blockIdx.x * TILE;

    // What this thread copies: two pieces of A, 64 rows apart, and two of B, 16 rows apart.
    u32 a_row = thread / 4, b_row = thread / 16;
    const u16 *from_a = a + (row + a_row) * k + thread % 4 * 8, *from_a2 = from_a + (u64)64 * k;
    const u16 *from_b = b + (u64)b_row * n + column + thread % 16 * 8, *from_b2 = from_b + (u64)16 * n;
    u32 to_a = shared_address(as) + a_row * A_ROW + (thread % 4 ^ a_row / 2 % 4) * 16;
    u32 to_b = shared_address(bs) + b_row * B_ROW + (thread % 16 ^ b_row % 8) * 16;
    auto copy = [&](u32 slice, u64 depth) {
        copy_async(to_a + slice * SLICE, from_a + depth);
        copy_async(to_a + slice * SLICE + 64 * A_ROW, from_a2 + depth);
        copy_async(to_b + slice * SLICE, from_b + depth * n);
        copy_async(to_b + slice * SLICE + 16 * B_ROW, from_b2 + depth * n);
    };

    // What its warp multiplies: rows from warp / 4 * 64, columns from warp % 4 * 32. Lanes 0 to 15 address the rows of
    // the left matrices, the others those of the right ones.
    u32 of_a = (warp / 4 * 64 + lane % 16) * A_ROW + (lane / 16 ^ lane / 2 % 4) * 16;
    u32 of_b = lane % 16 * B_ROW + (warp % 4 * 4 + lane / 16 ^ lane % 8) * 16;
    u32 a_first = shared_address(as) + of_a, a_second = shared_address(as) + (of_a ^ 32);
    u32 b_first = shared_address(bs) + of_b, b_second = shared_address(bs) + (of_b ^ 32);
    float4 sums[4][4] = {};
    auto multiply_slice = [&](u32 slice) {
#pragma unroll
        for (u32 half = 0; half < 2; half++) {
            u32 rows_of_a = (half ? a_second : a_first) + slice * SLICE;
            u32 skip = slice * SLICE + half * 16 * B_ROW;
            uint4 b0 = load_matrices_turned(b_first + skip), b1 = load_matrices_turned(b_second + skip);
#pragma unroll
            for (u32 i = 0; i < 4; i++) {
                uint4 rows = load_matrices(rows_of_a + i * 16 * A_ROW);
                multiply(sums[i][0], rows, b0.x, b0.y);
                multiply(sums[i][1], rows, b0.z, b0.w);
                multiply(sums[i][2], rows, b1.x, b1.y);
                multiply(sums[i][3], rows, b1.z, b1.w);
            }
        }
    };

    copy(0, 0);
    commit_copies();
    for (u32 depth = 0; depth < k; depth += 2 * DEPTH) {
        copy(1, depth + DEPTH);
        commit_copies();
        wait_copies<1>();
        __syncthreads();
        multiply_slice(0);
        __syncthreads();
        if (depth + 2 * DEPTH < k) copy(0, depth + 2 * DEPTH);
        commit_copies();
        wait_copies<1>();
        __syncthreads();
        multiply_slice(1);
        __syncthreads();
    }

    float *to = c + (row + warp / 4 * 64 + lane / 4) * n + column + warp % 4 * 32 + lane % 4 * 2;
#pragma unroll
    for (u32 i = 0; i < 4; i++, to += (u64)16 * n)
#pragma unroll
        for (u32 j = 0; j < 4; j++) {
            *(float2 *)(to + j * 8) = sums[i][j].xy;
            *(float2 *)(to + (u64)8 * n + j * 8) = sums[i][j].zw;
        }
}
