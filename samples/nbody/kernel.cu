#include "kernel.cuh"

// One step of bodies that attract each other, all with all. Launch with blocks of 256 threads, a thread a body; x, y
// and z are its place, w its mass. A block passes over all bodies in tiles of 256, which its threads share.
constexpr u32 THREADS = 256;

KERNEL __launch_bounds__(THREADS) step(
    const float4 *__restrict__ from, float4 *__restrict__ to, float4 *__restrict__ velocities, u32 count, float time,
    float softening) {
    __shared__ float4 tile[THREADS];
    u32 i = blockIdx.x * THREADS + threadIdx.x;
    float4 self = i < count ? from[i] : 0;
    float ax = 0, ay = 0, az = 0;
    for (u32 first = 0; first < count; first += THREADS) {
        u32 other = first + threadIdx.x;
        tile[threadIdx.x] = other < count ? from[other] : 0;
        __syncthreads();
#pragma unroll 8
        for (u32 j = 0; j < THREADS; j++) {
            float4 body = tile[j];
            float dx = body.x - self.x, dy = body.y - self.y, dz = body.z - self.z;
            float inverse = rsqrt_approx(dx * dx + dy * dy + dz * dz + softening);
            float pull = body.w * inverse * inverse * inverse;
            ax += dx * pull;
            ay += dy * pull;
            az += dz * pull;
        }
        __syncthreads();
    }
    if (i < count) {
        float4 velocity = velocities[i];
        velocity.x += ax * time, velocity.y += ay * time, velocity.z += az * time;
        velocities[i] = velocity;
        to[i] = (float4){self.x + velocity.x * time, self.y + velocity.y * time, self.z + velocity.z * time, self.w};
    }
}
