// tensorwasm run --gpu auto samples/conv2d/guest.wasm [WIDTH [HEIGHT]]
#include "sample.h"
#include "tensorwasm.h"

static const char ptx[] = {
#embed "kernel.ptx"
};

enum { FILTER = 5, RADIUS = FILTER / 2 };

int main(int argc, char **argv) {
    uint32_t width = sample_size(argc, argv, 1, 300, 1, 1 << 15), height = sample_size(argc, argv, 2, 200, 1, 1 << 15);
    size_t count = (size_t)width * height, bytes = count * sizeof(float);
    float *in = sample_floats(count, 1), *out = sample_alloc(count, sizeof *out);
    float *filter = sample_floats(FILTER * FILTER, 2);

    tw_kernel kernel = tw_load(ptx, sizeof ptx, "convolve");
    tw_require(kernel, "conv2d: load");
    tw_require(
        tw_launch(
            kernel, tw_blocks((width + 31) / 32, (height + 63) / 64, 256), 0, tw_in(in, bytes),
            tw_in(filter, FILTER * FILTER * sizeof *filter), tw_out(out, bytes), tw_u32(width), tw_u32(height)),
        "conv2d: launch");

    sample_worst worst = {.allowed = 1e-6};
    for (size_t y = 0; y < height; y += sample_stride(height, width * 25.0, 1e8))
        for (size_t x = 0; x < width; x++) {
            double right = 0, size = 0;
            for (size_t dy = 0; dy < FILTER; dy++)
                for (size_t dx = 0; dx < FILTER; dx++) {
                    // Wraps to a large number beyond the upper and the left edge.
                    size_t fy = y + dy - RADIUS, fx = x + dx - RADIUS;
                    double one = fy < height && fx < width ? (double)in[fy * width + fx] * filter[dy * FILTER + dx] : 0;
                    right += one;
                    size += fabs(one);
                }
            sample_compare(&worst, y * width + x, out[y * width + x], right, size);
        }
    return sample_verdict("conv2d", "pixels", worst);
}
