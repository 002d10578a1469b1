// tensorwasm run --gpu auto samples/nbody/guest.wasm [BODIES [STEPS]]
#include "sample.h"
#include "tensorwasm-async.h"

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

// Two places for the bodies, which take turns, and their velocities, all in device memory.
static int32_t bodies[2], velocities;

static int32_t allocate(const body *data, size_t bytes) {
    int32_t buffer = tensorwasm_gpu_buffer_alloc(bytes);
    tw_require(buffer, "nbody: allocate");
    tw_require(tensorwasm_gpu_buffer_write(buffer, 0, data, (uint32_t)bytes), "nbody: write");
    return buffer;
}

static void read(int32_t buffer, body *data, size_t bytes) {
    tw_require(tensorwasm_gpu_buffer_read(buffer, 0, data, (uint32_t)bytes), "nbody: read");
}

// Puts a step from one place to the other into the default stream.
static void put_step(tw_kernel kernel, uint32_t count, int from) {
    tw_require(
        tw_put(
            TW_DEFAULT_STREAM, kernel, tw_1d(count, 256), 0, tw_buffer(bodies[from], 0), tw_buffer(bodies[1 - from], 0),
            tw_buffer(velocities, 0), tw_u32(count), tw_f32(pause), tw_f32(softening)),
        "nbody: launch");
}

int main(int argc, char **argv) {
    uint32_t count = sample_size(argc, argv, 1, 600, 1, 1 << 20), steps = sample_size(argc, argv, 2, 8, 1, 1000000);
    size_t bytes = count * sizeof(body);
    body *from = sample_alloc(count, sizeof *from), *to = sample_alloc(count, sizeof *to);
    body *speeds = sample_alloc(count, sizeof *speeds);
    for (uint32_t i = 0; i < count; i++) {
        from[i] = (body){sample_float(i * 4), sample_float(i * 4 + 1), sample_float(i * 4 + 2), 1.0f / count};
        speeds[i] = (body){0};
    }
    tw_kernel kernel = tw_load(ptx, sizeof ptx, "step");
    tw_require(kernel, "nbody: load");
    for (int i = 0; i < 2; i++) bodies[i] = allocate(from, bytes);
    velocities = allocate(speeds, bytes);

    // Two steps, there and back, are recorded once and made many times.
    tw_require(tensorwasm_gpu_graph_begin(TW_DEFAULT_STREAM), "nbody: record");
    put_step(kernel, count, 0);
    put_step(kernel, count, 1);
    int32_t there_and_back = tensorwasm_gpu_graph_end(TW_DEFAULT_STREAM);
    tw_require(there_and_back, "nbody: record");
    for (uint32_t done = 2; done < steps; done += 2)
        tw_require(tensorwasm_gpu_graph_launch(there_and_back, TW_DEFAULT_STREAM), "nbody: launch graph");
    int last = steps % 2 == 0;
    if (last) put_step(kernel, count, 0);

    // The last step is checked.
    read(bodies[last], from, bytes);
    read(velocities, speeds, bytes);
    put_step(kernel, count, last);
    tw_require(tensorwasm_gpu_stream_wait(TW_DEFAULT_STREAM), "nbody: wait");
    read(bodies[1 - last], to, bytes);
    sample_worst worst = {.allowed = 1e-6};
    check(from, speeds, to, count, &worst);

    // What attracts is attracted: the sum of all impulses stays zero.
    double x = 0, y = 0, z = 0;
    read(velocities, speeds, bytes);
    for (size_t i = 0; i < count; i++) x += speeds[i].x, y += speeds[i].y, z += speeds[i].z;
    sample_worst impulse = {.allowed = 1e-6 * steps};
    sample_compare(&impulse, 0, (fabs(x) + fabs(y) + fabs(z)) / count, 0, 1);
    return sample_verdict("nbody", "places after the last step", worst) | sample_verdict("nbody", "impulse", impulse);
}
