// tensorwasm run --gpu auto --dir . samples/mandelbrot-png/guest.wasm [FILE [WIDTH]]
#include "png.h"
#include "sample.h"
#include "tensorwasm.h"

static const char ptx[] = {
#embed "kernel.ptx"
};

enum { LIMIT = 512 };

// The kernel's own arithmetic: IEEE 754 single precision, each operation rounded.
static uint32_t steps_at(float cr, float ci) {
    float zr = 0, zi = 0, rr = 0, ii = 0;
    uint32_t count = 0;
    while (count < LIMIT) {
        zi = 2 * zr * zi + ci;
        zr = rr - ii + cr;
        rr = zr * zr;
        ii = zi * zi;
        if (!(rr + ii < 16)) break;
        count++;
    }
    return count;
}

// Black inside; outside from blue over white to orange and back.
static void color(uint32_t steps, uint8_t *rgb) {
    for (int i = 0; i < 3; i++)
        rgb[i] = steps >= LIMIT ? 0 : (uint8_t)(127.5 - 127.5 * cos(0.15 * steps + (2 - i) * 0.7));
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "mandelbrot.png";
    uint32_t width = sample_size(argc, argv, 2, 300, 3, 30000), height = width * 2 / 3;
    size_t count = (size_t)width * height;
    uint32_t *steps = sample_alloc(count, sizeof *steps);
    float scale = 3.0f / width, left = -2.2f, top = -scale * height / 2;

    tw_kernel kernel = tw_load(ptx, sizeof ptx, "mandelbrot");
    tw_require(kernel, "mandelbrot-png: load");
    tw_require(
        tw_launch(
            kernel, tw_blocks((width + 31) / 32, (height + 7) / 8, 256), 0, tw_out(steps, count * sizeof *steps),
            tw_u32(width), tw_u32(height), tw_f32(left), tw_f32(top), tw_f32(scale), tw_u32(LIMIT)),
        "mandelbrot-png: launch");

    size_t wrong = 0;
    for (size_t y = 0; y < height; y += sample_stride(height, width * 100.0, 1e8))
        for (size_t x = 0; x < width; x++)
            wrong += steps[y * width + x] != steps_at(left + (float)x * scale, top + (float)y * scale);
    int status = sample_exact("mandelbrot-png", "steps", wrong);

    uint8_t *rgb = sample_alloc(count, 3);
    for (size_t i = 0; i < count; i++) color(steps[i], rgb + i * 3);
    if (png_write(path, rgb, width, height) != 0) {
        fprintf(stderr, "mandelbrot-png: cannot write %s: grant its folder with --dir\n", path);
        return 2;
    }
    return status;
}
