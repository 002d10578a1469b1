// Collatz lengths of all numbers below n: i64 arithmetic with hard branches.
#include "kernel.h"

RUN {
    u32 longest = 0;
    u64 total = 0;
    for (u32 start = 1; start < (u32)n; start++) {
        u64 x = start;
        u32 steps = 0;
        while (x != 1) {
            if (x & 1) x = 3 * x + 1;
            else x >>= 1;
            steps++;
        }
        total += steps;
        if (steps > longest) longest = steps;
    }
    return (double)total + longest;
}
