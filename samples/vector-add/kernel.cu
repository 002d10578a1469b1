#include "kernel.cuh"

KERNEL vector_add(const float *__restrict__ a, const float *__restrict__ b, float *__restrict__ sum, u32 count) {
    u32 i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) sum[i] = a[i] + b[i];
}
