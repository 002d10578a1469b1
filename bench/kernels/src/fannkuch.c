// Pancake flips over all permutations of n: small arrays, short loops, hard branches.
#include "kernel.h"

RUN {
    int perm[16], start[16], count[16];
    int best = 0, checksum = 0, r = n, round = 0;
    for (int i = 0; i < n; i++) start[i] = i;
    for (;;) {
        for (; r != 1; r--) count[r - 1] = r;
        for (int i = 0; i < n; i++) perm[i] = start[i];
        int flips = 0;
        for (int k = perm[0]; k != 0; k = perm[0]) {
            for (int i = 0, j = k; i < j; i++, j--) { int t = perm[i]; perm[i] = perm[j]; perm[j] = t; }
            flips++;
        }
        if (flips > best) best = flips;
        checksum += round++ & 1 ? -flips : flips;
        for (;; r++) {
            if (r == n) return checksum * 100.0 + best;
            int first = start[0];
            for (int i = 0; i < r; i++) start[i] = start[i + 1];
            start[r] = first;
            if (--count[r] > 0) break;
        }
    }
}
