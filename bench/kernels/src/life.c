// Conway's Life on a 512 x 512 torus, n generations: neighbour sums of bytes.
#include "kernel.h"
enum { Side = 512, Mask = Side - 1 };
static u8 grid[2][Side * Side];

RUN {
    random_state = 31;
    for (int i = 0; i < Side * Side; i++) grid[0][i] = random_u32() >> 31;
    for (int generation = 0; generation < n; generation++) {
        const u8 *from = grid[generation & 1];
        u8 *to = grid[~generation & 1];
        for (int y = 0; y < Side; y++) {
            const u8 *above = from + ((y - 1) & Mask) * Side, *row = from + y * Side, *below = from + ((y + 1) & Mask) * Side;
            for (int x = 0; x < Side; x++) {
                int l = (x - 1) & Mask, r = (x + 1) & Mask;
                int around = above[l] + above[x] + above[r] + row[l] + row[r] + below[l] + below[x] + below[r];
                to[y * Side + x] = around == 3 || (around == 2 && row[x]);
            }
        }
    }
    int alive = 0;
    for (int i = 0; i < Side * Side; i++) alive += grid[n & 1][i] * (1 + i % 3);
    return alive;
}
