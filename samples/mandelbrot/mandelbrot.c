// tensorwasm run samples/wasm/mandelbrot.wasm [WIDTH]
#include <stdio.h>
#include <stdlib.h>

static int escape(double cr, double ci) {
    double zr = 0, zi = 0;
    int i = 0;
    for (; i < 256 && zr * zr + zi * zi < 4; i++) {
        double t = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = t;
    }
    return i;
}

int main(int argc, char **argv) {
    static const char shades[] = " .:-=+*#%@";
    int width = argc > 1 ? atoi(argv[1]) : 72, height = width / 3;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            int i = escape(3.2 * x / width - 2.3, 2.4 * (y + 0.5) / height - 1.2);
            putchar(i == 256 ? '@' : shades[i % 9]);
        }
        putchar('\n');
    }
    return 0;
}
