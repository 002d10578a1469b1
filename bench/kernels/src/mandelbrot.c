// Escape times over an n x n grid: scalar f64 arithmetic with a data-dependent exit.
#include "kernel.h"

RUN {
    int total = 0;
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) {
            double cr = 2.0 * x / n - 1.5, ci = 2.0 * y / n - 1.0, zr = 0, zi = 0;
            int i = 0;
            for (; i < 200 && zr * zr + zi * zi < 4; i++) {
                double t = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci;
                zr = t;
            }
            total += i;
        }
    return total;
}
