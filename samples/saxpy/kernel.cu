#include "kernel.cuh"

// y = a * x + y. A thread takes four elements with one 16-byte access; the last one takes what is left.
KERNEL saxpy(u32 count, float a, const float *__restrict__ x, float *__restrict__ y) {
    u32 i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count / 4) {
        float4 *group = (float4 *)y + i;
        *group = a * ((const float4 *)x)[i] + *group;
    } else if (i == count / 4) {
#pragma unroll 1
        for (u32 last = i * 4; last < count; last++) y[last] = a * x[last] + y[last];
    }
}
