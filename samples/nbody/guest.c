// tensorwasm run --gpu auto samples/nbody/guest.wasm [BODIES [STEPS]]
#include "sample.h"
#include "tensorwasm.h"

static const char ptx[] = {
#embed "kernel.ptx"
};

typedef struct body {
    float x, y, z, w;
} body;

static const float pause = 0.01f, softening = 0.01f;

// A step on the CPU, in double precision, from what the GPU had before it.
static void check(const body *from, const body *velocities, const body *to, uint32_t count, sample_worst *worst) {
    for (size_t i = 0; i < count; i += sample_stride(count, count, 1e7)) {
        double ax = 0, ay = 0, az = 0, size = 0;
        for (size_t j = 0; j < count; j++) {
            double dx = (double)from[j].x - from[i].x, dy = (double)from[j].y - from[i].y;
            double dz = (double)from[j].z - from[i].z, distance = dx * dx + dy * dy + dz * dz + softening;
            double pull = from[j].w / (distance * sqrt(distance));
            ax += dx * pull, ay += dy * pull, az += dz * pull;
            size += pull * sqrt(distance);
        }
        double x = from[i].x + (velocities[i].x + ax * pause) * pause;
        double y = from[i].y + (velocities[i].y + ay * pause) * pause;
        double z = from[i].z + (velocities[i].z + az * pause) * pause;
        // Places lie within 1 or so of the origin; the pull's own error is measured by its size.
        double scale = 1 + size * pause * pause;
        sample_compare(worst, i, to[i].x, x, scale);
        sample_compare(worst, i, to[i].y, y, scale);
        sample_compare(worst, i, to[i].z, z, scale);
    }
}

int main(int argc, char **argv) {
    uint32_t count = sample_size(argc, argv, 1, 600, 1, 1 << 20), steps = sample_size(argc, argv, 2, 4, 1, 1000000);
    size_t bytes = count * sizeof(body);
    body *from = sample_alloc(count, sizeof *from), *to = sample_alloc(count, sizeof *to);
    body *velocities = sample_alloc(count, sizeof *velocities), *before = sample_alloc(count, sizeof *before);
    for (uint32_t i = 0; i < count; i++) {
        from[i] = (body){sample_float(i * 4), sample_float(i * 4 + 1), sample_float(i * 4 + 2), 1.0f / count};
        velocities[i] = (body){0};
    }

    tw_kernel kernel = tw_load(ptx, sizeof ptx, "step");
    tw_require(kernel, "nbody: load");
    sample_worst worst = {.allowed = 1e-6};
    for (uint32_t step = 0; step < steps; step++) {
        int last = step == steps - 1;
        if (last) memcpy(before, velocities, bytes);
        tw_require(
            tw_launch(
                kernel, tw_1d(count, 256), 0, tw_in(from, bytes), tw_out(to, bytes), tw_out(velocities, bytes),
                tw_u32(count), tw_f32(pause), tw_f32(softening)),
            "nbody: launch");
        if (last) check(from, before, to, count, &worst);
        body *swap = from;
        from = to;
        to = swap;
    }

    // What attracts is attracted: the sum of all impulses stays zero.
    double x = 0, y = 0, z = 0;
    for (size_t i = 0; i < count; i++) x += velocities[i].x, y += velocities[i].y, z += velocities[i].z;
    sample_worst impulse = {.allowed = 1e-6 * steps};
    sample_compare(&impulse, 0, (fabs(x) + fabs(y) + fabs(z)) / count, 0, 1);
    return sample_verdict("nbody", "places after the last step", worst) | sample_verdict("nbody", "impulse", impulse);
}
