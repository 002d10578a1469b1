// What the kernels need of CUDA C, so that clang compiles them without the CUDA toolkit: samples/build-gpu.sh has the
// command. Mathematical functions are the GPU's own approximations; their errors are those the PTX ISA states.
#pragma once

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(threads) __attribute__((launch_bounds(threads)))
#define KERNEL extern "C" __global__ void
#define DEVICE static inline __device__

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef float float2 __attribute__((ext_vector_type(2)));
typedef float float4 __attribute__((ext_vector_type(4)));
typedef u32 uint4 __attribute__((ext_vector_type(4)));

// threadIdx.x and its like read special registers.
#define COORDINATE(axis, name) \
    static __device__ u32 get_##axis() { return __nvvm_read_ptx_sreg_##name##_##axis(); } \
    __declspec(property(get = get_##axis)) u32 axis;
#define COORDINATES(type, name) \
    struct type { COORDINATE(x, name) COORDINATE(y, name) COORDINATE(z, name) }; \
    extern const __device__ type
COORDINATES(ThreadIndex, tid) threadIdx;
COORDINATES(BlockIndex, ctaid) blockIdx;
COORDINATES(BlockShape, ntid) blockDim;
COORDINATES(GridShape, nctaid) gridDim;

constexpr u32 WARP = 32;
constexpr u32 ALL_LANES = 0xffffffff;

DEVICE float shuffle_xor(float value, u32 mask) {
    return __nvvm_shfl_sync_bfly_f32(ALL_LANES, value, mask, WARP - 1);
}

DEVICE u32 min(u32 a, u32 b) { return a < b ? a : b; }

// Relaxed: nothing is ordered but the additions themselves.
DEVICE u32 atomic_add(u32 *target, u32 value) { return __nvvm_atom_add_gen_i((int *)target, (int)value); }

// One instruction from sm_80 on, for which clang has no name.
DEVICE u32 warp_sum(u32 value) {
    u32 sum;
    asm volatile("redux.sync.add.u32 %0, %1, 0xffffffff;" : "=r"(sum) : "r"(value));
    return sum;
}

// Every lane gets the sum (the maximum) of the warp's values.
DEVICE float warp_sum(float value) {
#pragma unroll
    for (u32 mask = WARP / 2; mask > 0; mask /= 2) value += shuffle_xor(value, mask);
    return value;
}

DEVICE float warp_max(float value) {
#pragma unroll
    for (u32 mask = WARP / 2; mask > 0; mask /= 2) value = __builtin_fmaxf(value, shuffle_xor(value, mask));
    return value;
}

// Every thread gets the sum of the values of a block of WARPS warps. `shared` has WARPS elements, and may be used
// again after the next barrier.
template <u32 WARPS> DEVICE float block_sum(float value, float *shared) {
    value = warp_sum(value);
    if (threadIdx.x % WARP == 0) shared[threadIdx.x / WARP] = value;
    __syncthreads();
    float sum = shared[0];
#pragma unroll
    for (u32 i = 1; i < WARPS; i++) sum += shared[i];
    return sum;
}

DEVICE float exp2_approx(float x) { return __nvvm_ex2_approx_f(x); }
DEVICE float log2_approx(float x) { return __nvvm_lg2_approx_f(x); }
DEVICE float sin_approx(float x) { return __nvvm_sin_approx_f(x); }
DEVICE float cos_approx(float x) { return __nvvm_cos_approx_f(x); }
DEVICE float rsqrt_approx(float x) { return __nvvm_rsqrt_approx_f(x); }
DEVICE float sqrt_approx(float x) { return __nvvm_sqrt_approx_f(x); }
DEVICE float rcp_approx(float x) { return __nvvm_rcp_approx_ftz_f(x); }
