// n steps through a permutation of 256 KiB: one dependent load after another.
#include "kernel.h"
enum { Size = 1 << 16 };
static u32 next[Size];

RUN {
    for (u32 i = 0; i < Size; i++) next[i] = (i * 40503u + 7) & (Size - 1);
    u32 p = 0;
    u64 sum = 0;
    for (int i = 0; i < n; i++) { p = next[p]; sum += p; }
    return (double)sum;
}
